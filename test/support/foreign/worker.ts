// A worker from outside: written against docs/worker-contract.md on node:http and the protocol library, started by the
// tests as a `command`. Argument: the file to which it writes the process ids of itself and of a child that it starts.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { AitpError, type AwaitingCommit, createAitp, type HandshakeParty } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'

interface Bootstrap {
  readonly agent_id: string
  readonly port: number
  readonly aitp: {
    readonly seed_hex: string
    readonly display_name: string
    readonly offered_caps: readonly string[]
    readonly ttl_secs: number
    readonly public_origin?: string
  }
  readonly playground: { readonly telemetry_url: string }
  readonly secrets: { readonly admin: string; readonly telemetry: string }
}

class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly check: string | null
  constructor(status: number, code: string, message: string, check: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.check = check
  }
}

const file = String(process.env['AITP_BOOTSTRAP_FILE'])
const bootstrap: Bootstrap = JSON.parse(readFileSync(file, 'utf8'))
rmSync(file)

const aitp = createAitp(nodeEngine)
const { aitp: own, secrets } = bootstrap
const key = aitp.agentKey(Buffer.from(own.seed_hex, 'hex'))
const now = () => Math.floor(Date.now() / 1000)
const step = () => ({ now: now(), randomBytes })
const replay = aitp.createReplayStore({ capacity: 1_000 })
const pending = new Map<string, AwaitingCommit>()
const held = new Map<string, { readonly token: string; readonly origin: string }>()
let peers: readonly { readonly aid: string; readonly manifest_url: string }[] = []
let reported = 0

const server = createServer(async (request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const body = await readText(request)
  const header = (name: string) => String(request.headers[name] ?? '')
  try {
    const { text, session } = path.startsWith('/admin/')
      ? await byHost(path, body, header('authorization'))
      : byPeer(path, body, header('x-aitp-session-id'), header('x-aitp-tct'))
    const named = session === undefined ? {} : { 'x-aitp-session-id': session }
    response.writeHead(200, { 'content-type': 'application/json', ...named }).end(text)
  } catch (error) {
    const { status, code, message, check } = refusal(error, path.startsWith('/admin/') ? 502 : 403)
    const answer = { error: { code, message, check }, detail: message }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
})
server.listen(bootstrap.port, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  const manifest = manifestAt(own.public_origin ?? `http://127.0.0.1:${port}`)
  party = { ...party, manifest: manifest.verified }
  manifestText = manifest.text
  await writePids()
  process.stdout.write(`AITP_AGENT_READY aid=${key.aid} port=${port}\n`)
})

let manifestText = ''
let party: HandshakeParty = {
  key,
  manifest: manifestAt('http://127.0.0.1:1').verified,
  pins: null,
  tctTtlSecs: own.ttl_secs,
  issueVoucher: false,
  allowLoopbackHttp: true,
  replay,
}

function manifestAt(origin: string) {
  return aitp.buildManifest(
    key,
    {
      displayName: own.display_name,
      subject: bootstrap.agent_id,
      handshakeEndpoint: `${origin}/aitp/handshake/`,
      offeredCapabilities: own.offered_caps,
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now(),
      expiresAt: now() + 2 * own.ttl_secs,
      allowLoopbackHttp: true,
    },
    { randomBytes },
  )
}

function byPeer(path: string, body: string, sessionId: string, token: string) {
  if (path === '/.well-known/aitp-manifest') return { text: manifestText }
  if (path === '/aitp/handshake/hello') {
    const expectedPeers = peers.map(({ aid }) => aitp.parseAid(aid))
    const { state, message } = aitp.receiveHello(pinned(), body, { ...step(), expectedPeers })
    const session = aitp.newUuid(randomBytes)
    pending.set(session, state)
    return { text: message, session }
  }
  if (path === '/aitp/handshake/commit') {
    const state = pending.get(sessionId)
    pending.delete(sessionId)
    if (state === undefined) throw new Refused(400, 'INVALID_ENVELOPE', 'no handshake waits under this id')
    return { text: state.onCommit(body, step()).message }
  }
  if (path.startsWith('/capabilities/')) {
    const requiredGrant = decodeURIComponent(path.slice('/capabilities/'.length))
    const { claims } = aitp.verifyTct(token, {
      now: now(),
      expectedIssuer: key.aid,
      issuerManifest: party.manifest,
      requiredGrant,
    })
    return { text: JSON.stringify({ ...carryOut(requiredGrant, body), caller: claims.sub }) }
  }
  throw new Refused(404, 'not_found', 'There is nothing here.')
}

async function byHost(
  path: string,
  body: string,
  authorization: string,
): Promise<{ text: string; session?: undefined }> {
  if (authorization !== `Bearer ${secrets.admin}`) throw new Refused(401, 'unauthorized', 'for the host only')
  const asked = JSON.parse(body || '{}')
  const act = {
    '/admin/peers': () => {
      peers = asked.peers
      return { count: peers.length }
    },
    '/admin/initiate-handshake': () => initiate(asked.peer_manifest_url, asked.requested_grants ?? []),
    '/admin/invoke': () => invoke(asked),
    '/admin/self-execute': async () => {
      await report({ type: 'capability.self_execute', capability: asked.capability })
      return carryOut(asked.capability, JSON.stringify(asked.payload ?? null))
    },
  }[path]
  if (act === undefined || asked.fault !== undefined)
    throw new Refused(501, 'not_offered', `not offered: ${path}`)
  return { text: JSON.stringify(await act()) }
}

async function initiate(manifestUrl: string, wanted: readonly string[]) {
  const pin = peers.find(({ manifest_url }) => manifest_url === manifestUrl)
  const expectedAid = pin && aitp.parseAid(pin.aid)
  const document = await (await fetch(manifestUrl)).text()
  const peer = aitp.verifyManifest(document, { now: now(), allowLoopbackHttp: true, expectedAid })
  const { handshake_endpoint, offered_capabilities } = peer.body
  const grants = wanted.length === 0 ? offered_capabilities : wanted
  const hello = aitp.startHandshake(pinned(), peer, grants, { ...step(), expectedAid })
  const acked = await post(new URL('hello', handshake_endpoint), hello.message)
  const commit = hello.state.onHelloAck(acked.text, step())
  const done = await post(new URL('commit', handshake_endpoint), commit.message, acked.session)
  const { held: got } = commit.state.onCommitAck(done.text, step())
  const { origin, port } = new URL(handshake_endpoint)
  held.set(peer.aid, { token: got.token, origin })
  return {
    grants: got.claims.grants,
    session_id: acked.session,
    peer_aid: peer.aid,
    peer_port: Number(port),
    jti: got.claims.jti,
    expires_at: got.claims.exp,
  }
}

async function invoke(asked: { peer_aid: string; capability: string; payload?: unknown }) {
  const token = held.get(asked.peer_aid)
  if (token === undefined) throw new Refused(412, 'no_held_tct', `no TCT is held from ${asked.peer_aid}`)
  const response = await fetch(`${token.origin}/capabilities/${encodeURIComponent(asked.capability)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-aitp-tct': token.token },
    body: JSON.stringify(asked.payload ?? null),
  })
  const body = await response.json()
  return response.ok ? body : { error: true, status_code: response.status, body }
}

async function post(url: URL, body: string, session?: string) {
  const named = session === undefined ? {} : { 'x-aitp-session-id': session }
  const headers = { 'content-type': 'application/json', ...named }
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Refused(502, JSON.parse(text).error.code, 'the peer refused')
  return { text, session: response.headers.get('x-aitp-session-id') ?? '' }
}

async function report(event: Readonly<Record<string, unknown>>): Promise<void> {
  reported += 1
  const item = { item: 'event', agent_seq: reported, ts: Date.now() / 1000, operation: null, event }
  await fetch(bootstrap.playground.telemetry_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.telemetry}` },
    body: JSON.stringify({ items: [item] }),
  })
}

function carryOut(capability: string, payload: string) {
  return { capability, agent: bootstrap.agent_id, characters: payload.length }
}

function pinned(): HandshakeParty {
  return { ...party, pins: peers.map(({ aid }) => ({ aid: aitp.parseAid(aid) })) }
}

function refusal(error: unknown, status: number): Refused {
  if (error instanceof Refused) return error
  if (error instanceof AitpError) return new Refused(status, error.code, error.message, error.check)
  return new Refused(500, 'internal_error', String(error))
}

async function writePids(): Promise<void> {
  const [pidFile] = process.argv.slice(2)
  if (pidFile === undefined) return
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('deaf')"
  const child = spawn(process.execPath, ['-e', deaf], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  writeFileSync(pidFile, `${process.pid} ${child.pid}`)
}
