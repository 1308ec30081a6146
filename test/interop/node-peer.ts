import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import type { AgentKey, Compat, Established, HandshakeParty } from '../../src/aitp/index.ts'
import { clock } from './clock.ts'
import { aitp, capability, reproducible } from './craft.ts'
import type { Issuer } from './issuer.ts'
import { oidcParty } from './sdk-identity-pairs.ts'

/** An agent on this library, small enough to show what the HTTP binding asks for. OIDC only. */
export interface NodePeer {
  readonly aid: string
  readonly origin: string
  /** The last handshake that a peer opened here. */
  received(): Established | null
  /** Shakes hands with the agent behind a manifest address. */
  initiate(manifestUrl: string, grants: readonly string[]): Promise<Established>
  close(): Promise<void>
}

export async function startNodePeer(
  key: AgentKey,
  issuer: Issuer,
  compat: Compat,
  requestedGrants: readonly string[],
): Promise<NodePeer> {
  const server = createServer()
  const origin = await listen(server)
  const manifest = manifestOf(key, issuer, compat, origin)
  const party: HandshakeParty = oidcParty(key, manifest.verified, issuer, { compat })
  const pending = new Map<string, ReturnType<typeof aitp.receiveHello>['state']>()
  const random = reproducible(`node peer ${origin}`)
  let received: Established | null = null

  function answer(path: string, body: string, sessionId: string): { text: string; session?: string } {
    const step = { now: clock(), randomBytes: random }
    if (path === '/.well-known/aitp-manifest') return { text: manifest.text }
    if (path === '/aitp/handshake/hello') {
      const { state, message } = aitp.receiveHello(party, body, { ...step, requestedGrants })
      const session = aitp.newUuid(random)
      pending.set(session, state)
      return { text: message, session }
    }
    const state = pending.get(sessionId)
    if (path !== '/aitp/handshake/commit' || state === undefined) throw new TypeError(`nothing at ${path}`)
    pending.delete(sessionId)
    const { established, message } = state.onCommit(body, step)
    received = established
    return { text: message }
  }

  server.on('request', (request, response) => {
    void readText(request).then((body) => {
      try {
        const { text, session } = answer(request.url ?? '', body, header(request, 'x-aitp-session-id'))
        const named = session === undefined ? {} : { 'x-aitp-session-id': session }
        response.writeHead(200, { 'content-type': 'application/json', ...named }).end(text)
      } catch (error) {
        const refusal = { error: { code: codeOf(error), message: String(error) } }
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(refusal))
      }
    })
  })

  return {
    aid: key.aid,
    origin,
    received: () => received,
    async initiate(manifestUrl, grants) {
      const step = () => ({ now: clock(), randomBytes: random })
      const peer = aitp.verifyManifest(await expectOk(await fetch(manifestUrl)), {
        now: clock(),
        allowLoopbackHttp: true,
        compat,
      })
      const { state, message } = aitp.startHandshake(party, peer, grants, step())
      const endpoint = peer.body.handshake_endpoint
      const acked = await post(new URL('hello', endpoint), message)
      const session = acked.headers.get('x-aitp-session-id') ?? ''
      const commit = state.onHelloAck(await expectOk(acked), step())
      const done = await post(new URL('commit', endpoint), commit.message, session)
      return commit.state.onCommitAck(await expectOk(done), step())
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Gives identity tokens to the agent on the SDK, which has no issuer of its own. */
export async function startMint(issuer: Issuer): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      const { sub, aud, nonce, jkt } = JSON.parse(body) as Record<'sub' | 'aud' | 'nonce' | 'jkt', string>
      response.end(JSON.stringify({ jwt: issuer.mint({ subject: sub, audience: aud, nonce, jkt }) }))
    })
  })
  const url = await listen(server)
  return {
    url,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function manifestOf(key: AgentKey, issuer: Issuer, compat: Compat, origin: string) {
  const now = clock()
  return aitp.buildManifest(
    key,
    {
      subject: 'interop-node',
      issuer: issuer.url,
      handshakeEndpoint: `${origin}/aitp/handshake/`,
      offeredCapabilities: [capability],
      acceptedIdentityTypes: ['oidc'],
      acceptedTrustAnchors: [issuer.url],
      publishedAt: now,
      expiresAt: now + 7200,
      allowLoopbackHttp: true,
      ...{ compat },
    },
    { randomBytes: reproducible('node peer manifest') },
  )
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function post(url: URL, body: string, session?: string): Promise<Response> {
  const named = session === undefined ? {} : { 'x-aitp-session-id': session }
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...named }, body })
}

async function expectOk(response: Response): Promise<string> {
  const body = await response.text()
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${body.slice(0, 300)}`)
  return body
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'INVALID_ENVELOPE'
}
