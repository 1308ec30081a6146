import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import type { HostConfig } from '../../src/main/host.ts'
import { createRecords } from './control-plane-records.ts'

const aitp = createAitp(nodeEngine)

export interface StandInRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

/** What a route answers instead of what it usually would; `hang` answers never. */
export type StandInAnswer = { readonly status: number; readonly body: string } | 'hang'

export interface ControlPlaneStandIn {
  readonly baseUrl: string
  readonly aid: string
  /** Everything that was asked, in order. */
  readonly requests: StandInRequest[]
  /** Manifests of the agents that registered, by AID; a later one replaces an earlier. */
  readonly registered: Map<string, string>
  revoke(jti: string): void
  /** The list as it would be served, of another time, life or signer where that is wanted. */
  revocationList(changes?: ListChanges): string
  /** Answers a route otherwise from now on; `null` as usual again. */
  answerWith(path: string, answer: StandInAnswer | null): void
  /** Goes away, and refuses connections. */
  stop(): Promise<void>
  /** Comes back at the same port. */
  start(): Promise<void>
}

export interface ListChanges {
  readonly publishedAt?: number
  readonly ttlSecs?: number
  /** Seed of the key that signs. */
  readonly seed?: Uint8Array
  /** Whom the list claims to be of, after it was signed. */
  readonly issuer?: string
}

/**
 * Stands for a Control Plane: signs its revocation list with the protocol library, and admits and registers agents as
 * the service does (control-plane.md §7, §8.3), and keeps what it is told (§3).
 */
export async function startControlPlane(): Promise<ControlPlaneStandIn> {
  const controlPlane = await openControlPlane()
  onTestFinished(controlPlane.stop)
  return controlPlane
}

/** As {@link startControlPlane}, and stays until it is stopped. */
export async function openControlPlane(): Promise<ControlPlaneStandIn> {
  const seed = randomBytes(32)
  const { aid } = aitp.agentKey(seed)
  const requests: StandInRequest[] = []
  const registered = new Map<string, string>()
  const revoked = new Map<string, number>()
  const admissions = new Map<string, string>()
  const answers = new Map<string, StandInAnswer>()
  const records = createRecords()

  function revocationList({ publishedAt = nowSecs(), ttlSecs = 3600, ...changes }: ListChanges = {}): string {
    const { document } = aitp.buildRevocationList(aitp.agentKey(changes.seed ?? seed), {
      entries: [...revoked].map(([jti, revoked_at]) => ({ jti, revoked_at })),
      publishedAt,
      ttlSecs,
    })
    const issuer = changes.issuer ?? document.revocation_list.issuer
    return JSON.stringify({ ...document, revocation_list: { ...document.revocation_list, issuer } })
  }

  function usual(request: StandInRequest): StandInAnswer {
    const { method, path, authorization, body } = request
    switch (`${method} ${path}`) {
      case 'GET /.well-known/aitp-revocation-list':
        return { status: 200, body: revocationList() }
      case 'POST /api/registry/enroll': {
        const { aid: subject } = aitp.verifyManifest(body, { now: nowSecs(), allowLoopbackHttp: true })
        const token = `${randomBytes(12).toString('base64url')}.${randomBytes(32).toString('base64url')}`
        admissions.set(token, subject)
        return { status: 200, body: JSON.stringify({ token, expiresIn: 300, aid: subject }) }
      }
      case 'POST /api/registry/agents': {
        const token = authorization?.replace(/^Bearer /, '') ?? ''
        const subject = admissions.get(token)
        admissions.delete(token)
        if (subject === undefined) return { status: 401, body: '{"error":"no","code":"TOKEN_INVALID"}' }
        registered.set(subject, body)
        const registeredAt = new Date().toISOString()
        return { status: 201, body: JSON.stringify({ aid: subject, displayName: subject, registeredAt }) }
      }
      case 'GET /api/health':
        return { status: 200, body: '{"status":"ok"}' }
      case 'POST /api/revocation/entries': {
        const { jti } = JSON.parse(body)
        revoked.set(jti, nowSecs())
        return {
          status: 201,
          body: JSON.stringify({ jti, revokedAt: new Date().toISOString(), reason: null }),
        }
      }
      default:
        return records(request) ?? { status: 404, body: '{"error":"nothing here","code":"NOT_FOUND"}' }
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      authorization: incoming.headers.authorization,
      body: await text(incoming),
    }
    requests.push(request)
    const answer = answers.get(request.path) ?? usual(request)
    if (answer === 'hang') return
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  }

  let server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    aid,
    requests,
    registered,
    revoke: (jti) => void revoked.set(jti, nowSecs()),
    revocationList,
    answerWith(path, answer) {
      if (answer === null) answers.delete(path)
      else answers.set(path, answer)
    },
    stop,
    async start() {
      server = createServer((request, response) => void serve(request, response))
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}

/** A host's configuration with this Control Plane in it, and with whatever else its environment is to have. */
export function configured(
  { baseUrl, aid }: Pick<ControlPlaneStandIn, 'baseUrl' | 'aid'>,
  more: Readonly<Record<string, string>> = {},
): Pick<HostConfig, 'environment'> {
  return {
    environment: {
      PATH: process.env['PATH'],
      CP_BASE_URL: baseUrl,
      CP_API_KEY: 'the-key',
      CP_AID: aid,
      ...more,
    },
  }
}

function nowSecs(): number {
  return Math.floor(Date.now() / 1000)
}
