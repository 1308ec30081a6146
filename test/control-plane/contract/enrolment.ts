import { createHmac, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { createAitp } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

const aitp = createAitp(nodeEngine)
const nowSecs = () => Math.floor(Date.now() / 1000)

/** An agent that a manifest can be made for. */
export function newAgent() {
  const key = aitp.agentKey(randomBytes(32))
  const manifest = ({
    lifeSecs = 3_600,
    extensions = {} as Record<string, Json>,
    caps = ['demo.echo'],
  } = {}) =>
    aitp.buildManifest(
      key,
      {
        displayName: 'echo',
        subject: 'echo',
        handshakeEndpoint: 'http://127.0.0.1:8101/aitp/handshake/',
        offeredCapabilities: caps,
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: nowSecs(),
        expiresAt: nowSecs() + lifeSecs,
        extensions,
        allowLoopbackHttp: true,
      },
      { randomBytes },
    ).text
  return { aid: key.aid, manifest }
}

async function admitted({ ask }: ControlPlaneUnderTest, text: string): Promise<string> {
  const answer = await ask('POST', '/api/registry/enroll', { text, key: null })
  expect(answer.status).toBe(200)
  return answer.body.token
}

const register = ({ ask }: ControlPlaneUnderTest, token: string, text: string, headers = {}) =>
  ask('POST', '/api/registry/agents', { text, key: token, headers })

const listed = async ({ ask }: ControlPlaneUnderTest, query: string) =>
  (await ask('GET', `/api/registry/agents?${query}`, { key: null })).body.agents

export async function enrolAgent(cp: ControlPlaneUnderTest, options = {}): Promise<string> {
  const { aid, manifest } = newAgent()
  const text = manifest(options)
  expect((await register(cp, await admitted(cp, text), text)).status).toBe(201)
  return aid
}

export const enrolmentChecks: Check[] = [
  {
    row: 10,
    title: 'a manifest is exchanged for a token that says whom it is for',
    async run({ ask }) {
      const { aid, manifest } = newAgent()
      const { status, body } = await ask('POST', '/api/registry/enroll', { text: manifest(), key: null })
      expect(status).toBe(200)
      expect(body).toMatchObject({ aid, expiresIn: 300 })
      const [claims, signature] = body.token.split('.')
      const read = JSON.parse(Buffer.from(claims, 'base64url').toString())
      expect(read).toMatchObject({ sub: aid, scope: 'register', exp: read.iat + 300 })
      expect(read.jti).toMatch(/^[0-9a-f-]{36}$/)
      expect(Buffer.from(signature, 'base64url')).toHaveLength(32)
    },
  },
  {
    row: 10,
    title: 'the answer to an enrolment also has what the ecosystem’s web console reads',
    original: 'has neither jti nor exp (D-19)',
    async run({ ask }) {
      const { body } = await ask('POST', '/api/registry/enroll', { text: newAgent().manifest(), key: null })
      expect(body).toMatchObject({ jti: expect.any(String), exp: expect.any(Number) })
    },
  },
  {
    row: 10,
    title: 'registering shows the agent to everybody, with the bytes that were posted',
    async run(cp) {
      const { aid, manifest } = newAgent()
      const text = manifest()
      const answer = await register(cp, await admitted(cp, text), text)
      expect(answer).toMatchObject({ status: 201, body: { aid, displayName: 'echo' } })
      const path = `/api/registry/agents/${encodeURIComponent(aid)}`
      const [record] = await listed(cp, `aid=${encodeURIComponent(aid)}&include_manifest=true`)
      expect(record).toMatchObject({
        aid,
        displayName: 'echo',
        handshakeEndpoint: 'http://127.0.0.1:8101/aitp/handshake/',
        offeredCaps: ['demo.echo'],
        status: 'active',
        namespace: 'default',
        lastSeenAt: null,
        manifestUrl: `${path}/manifest`,
        agentManifestHint: 'http://127.0.0.1:8101/.well-known/aitp-manifest',
        manifestJson: text,
      })
      const one = await cp.ask('GET', path, { key: null })
      expect(Object.keys(one.body).sort()).toEqual(
        [
          'aid',
          'displayName',
          'handshakeEndpoint',
          'lastSeenAt',
          'manifestUrl',
          'offeredCaps',
          'registeredAt',
          'status',
        ].sort(),
      )
      expect(one.headers.get('cache-control')).toBe('public, max-age=30')
      const served = await cp.ask('GET', `${path}/manifest`, { key: null })
      expect(served.text).toBe(text)
      expect(served.headers.get('cache-control')).toBe('max-age=60')
    },
  },
  {
    row: 10,
    title: 'a token serves once, and only its agent',
    async run(cp) {
      const [one, other] = [newAgent(), newAgent()]
      const text = one.manifest()
      const token = await admitted(cp, text)
      expect(await register(cp, token, other.manifest())).toMatchObject({
        status: 401,
        body: { code: 'TOKEN_INVALID' },
      })
      expect((await register(cp, token, text)).status).toBe(201)
      expect(await register(cp, token, text)).toMatchObject({ status: 401, body: { code: 'TOKEN_REPLAYED' } })
    },
  },
  {
    row: 10,
    title: 'a token that somebody else signed, changed or let expire is none',
    async run(cp) {
      const { aid, manifest } = newAgent()
      const text = manifest()
      const claims = { sub: aid, scope: 'register', iat: nowSecs(), exp: nowSecs() + 300, jti: fresh().jti() }
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
      const forged = `${body}.${createHmac('sha256', 'guess').update(body).digest('base64url')}`
      const [head = '', tail = ''] = (await admitted(cp, text)).split('.')
      for (const token of [forged, 'x', '', `${head}x.${tail}`, `${head}.${tail}.x`, head])
        expect(await register(cp, token, text)).toMatchObject({
          status: 401,
          body: { code: 'TOKEN_INVALID' },
        })
    },
  },
  {
    row: 10,
    title: 'a manifest that does not verify, or ends too soon, is not listed',
    async run({ ask }) {
      const { manifest } = newAgent()
      const enrol = (text: string) => ask('POST', '/api/registry/enroll', { text, key: null })
      const changed = manifest().replace('"echo"', '"evil"')
      expect(await enrol(changed)).toMatchObject({ status: 400, body: { code: 'MANIFEST_INVALID' } })
      expect(await enrol('{"other":1}')).toMatchObject({ status: 400, body: { code: 'MANIFEST_INVALID' } })
      expect(await enrol('not json')).toMatchObject({ status: 400, body: { code: 'BODY_INVALID' } })
      const { status, body } = await enrol(manifest({ lifeSecs: 299 }))
      expect([400, body.code]).toEqual([status, 'MANIFEST_EXPIRED'])
    },
  },
  {
    row: 10,
    title: 'what registers is verified again, and the token is used up last',
    original: 'trusts the token and burns it first (D-15)',
    async run(cp) {
      const { aid, manifest } = newAgent()
      const text = manifest()
      const token = await admitted(cp, text)
      expect(await register(cp, token, text.replace('"echo"', '"evil"'))).toMatchObject({
        status: 400,
        body: { code: 'MANIFEST_INVALID' },
      })
      expect((await register(cp, token, manifest({ lifeSecs: 299 }))).body.code).toBe('MANIFEST_EXPIRED')
      expect((await register(cp, token, text)).body).toMatchObject({ aid })
    },
  },
  {
    row: 10,
    title: 'a namespace is the header’s, else the manifest’s, else default',
    async run(cp) {
      const namespaceOf = async (extensions: Record<string, Json>, headers: Record<string, string>) => {
        const { aid, manifest } = newAgent()
        const text = manifest({ extensions })
        expect((await register(cp, await admitted(cp, text), text, headers)).status).toBe(201)
        return (await listed(cp, `aid=${encodeURIComponent(aid)}`))[0].namespace
      }
      expect(await namespaceOf({}, {})).toBe('default')
      expect(await namespaceOf({ namespace: 'ours' }, {})).toBe('ours')
      expect(await namespaceOf({ namespace: 'ours' }, { 'x-aitp-namespace': 'theirs' })).toBe('theirs')
    },
  },
  {
    row: 10,
    title: 'registering again replaces what is shown and keeps when it began',
    async run(cp) {
      const { aid, manifest } = newAgent()
      const show = async (caps: string[]) => {
        const text = manifest({ caps })
        await register(cp, await admitted(cp, text), text)
        return (await listed(cp, `aid=${encodeURIComponent(aid)}`))[0]
      }
      const first = await show(['demo.one'])
      const second = await show(['demo.two'])
      expect(second).toMatchObject({ offeredCaps: ['demo.two'], registeredAt: first.registeredAt })
      const withOne = await listed(cp, 'capability=demo.one')
      expect(withOne.map((agent: Json) => agent.aid)).not.toContain(aid)
    },
  },
  {
    row: 2,
    title: 'an agent that was taken off is found by nobody, and kept',
    async run(cp) {
      const aid = await enrolAgent(cp)
      const path = `/api/registry/agents/${encodeURIComponent(aid)}`
      expect(await cp.ask('DELETE', path, { key: null })).toMatchObject({ status: 401 })
      for (const _ of [1, 2])
        expect(await cp.ask('DELETE', path)).toMatchObject({
          status: 200,
          body: { aid, status: 'deregistered' },
        })
      expect(await listed(cp, `aid=${encodeURIComponent(aid)}`)).toEqual([])
      expect(await cp.ask('GET', path, { key: null })).toMatchObject({ body: { status: 'deregistered' } })
      const told = await cp.ask('GET', `/api/events/history?aid=${encodeURIComponent(aid)}`)
      expect(told.body.events.map(({ type }: Json) => type)).toEqual([
        'agent.deregistered',
        'agent.deregistered',
        'agent.registered',
      ])
    },
  },
  {
    row: 2,
    title: 'agents of every status can be asked for, beside discovery',
    original: 'has no such filter (console.md A.4)',
    async run(cp) {
      const aid = await enrolAgent(cp)
      await cp.ask('DELETE', `/api/registry/agents/${encodeURIComponent(aid)}`)
      const all = await listed(cp, `aid=${encodeURIComponent(aid)}&status=all`)
      expect(all).toMatchObject([{ aid, status: 'deregistered' }])
    },
  },
  {
    row: 2,
    title: 'an agent is exported with all that is known of it',
    async run(cp) {
      const aid = await enrolAgent(cp)
      const path = `/api/registry/agents/${encodeURIComponent(aid)}/export`
      const { body } = await cp.ask('GET', path)
      expect(body).toMatchObject({ agent: { aid, org: null }, sessions: [], tcts: [] })
      expect(body.agent.manifestJson).toContain(aid)
      const lines = (await cp.ask('GET', `${path}?format=jsonl`)).text.trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['agent', 'event'])
      expect(await cp.ask('GET', path, { key: null })).toMatchObject({ status: 401 })
    },
  },
  {
    row: 2,
    title: 'an agent that never registered is 404',
    async run({ ask }) {
      const path = `/api/registry/agents/${encodeURIComponent(fresh().aid('x'))}`
      for (const [method, more] of [
        ['GET', ''],
        ['GET', '/manifest'],
        ['GET', '/export'],
        ['DELETE', ''],
      ] as const)
        expect(await ask(method, `${path}${more}`)).toMatchObject({
          status: 404,
          body: { code: 'NOT_FOUND' },
        })
    },
  },
]
