import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { type Aitp, createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { bearerOf, sameSecret } from '../../src/shared/bearer.ts'
import type { Bootstrap } from '../../src/shared/bootstrap.ts'
import { createExchangeIds } from '../../src/shared/exchange-ids.ts'
import { ownAuthorities } from '../../src/shared/own-authority.ts'
import { adminRoutes } from './admin-routes.ts'
import type { Agent } from './agent.ts'
import type { Capabilities } from './capabilities.ts'
import { createControlPlane } from './control-plane/control-plane.ts'
import { createSentMessages } from './faults/sent-messages.ts'
import { capabilityRoutes } from './gate/capability-routes.ts'
import { createTctVerifier } from './gate/tct-cache.ts'
import { createGeneration, type Generation } from './generate/generation.ts'
import { createIdentity } from './identity.ts'
import { createIssuedTokens } from './issued-tokens.ts'
import { limits } from './limits.ts'
import { endWithParent } from './parent-watch.ts'
import { createPeers } from './peers.ts'
import { createPendingHandshakes } from './pending-handshakes.ts'
import { protocolRoutes } from './protocol-routes.ts'
import { type PublicAddress, publicAddress } from './public-address.ts'
import { createRateLimit } from './rate-limit.ts'
import { readBootstrap } from './read-bootstrap.ts'
import { recordUnread } from './record-unread.ts'
import { refusePages } from './refuse-pages.ts'
import { readRequestContext, withRequestContext } from './request-context.ts'
import { createListFetcher } from './revocation/fetch-list.ts'
import { startPolling } from './revocation/polling.ts'
import { createRevocationState } from './revocation/revocation-state.ts'
import type { RevocationConfig } from './revocation/terms.ts'
import { createKnownSessions } from './session-bundle/known-sessions.ts'
import { createTelemetry } from './telemetry.ts'
import { withTimedReports } from './timed-reports.ts'

/** What a worker's own code is given. */
export interface WorkerTools {
  readonly agentId: string
  /** The run's inputs. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly generation: Generation
}

const host = '127.0.0.1'

/** Starts a worker: reads its bootstrap file, listens, and says so on standard output. */
export async function startWorker(capabilitiesOf: (tools: WorkerTools) => Capabilities): Promise<void> {
  const bootstrap = readBootstrap(process.env)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestReadMs,
      requestTimeout: limits.requestReadMs,
      connectionsCheckingInterval: limits.requestCheckMs,
    },
    app,
  )
  const port = await listen(server, bootstrap.port)
  const agent = createAgent(bootstrap, publicAddress(bootstrap.aitp, port))
  app.use(refusePages([...ownAuthorities(port), ...agent.address.authorities]))
  mount(app, agent, bootstrap, capabilitiesOf)
  const stop = () => {
    server.close(() => process.exit(0))
    server.closeAllConnections()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', () => undefined)
  endWithParent(stop)
  await followRevocations(agent, bootstrap.cp)
  process.stdout.write(`AITP_AGENT_READY aid=${agent.identity.key.aid} port=${port}\n`)
}

function createAgent(bootstrap: Bootstrap, address: PublicAddress): Agent {
  const aitp = withTimedReports(createAitp(nodeEngine))
  const { pop, onward_delegation, max_delegation_hops } = bootstrap.aitp
  const peers = createPeers(aitp)
  const issued = createIssuedTokens(limits.issuedTokens)
  const sent = createSentMessages()
  const telemetry = createTelemetry({
    url: bootstrap.playground.telemetry_url,
    secret: bootstrap.secrets.telemetry,
    warn: (message) => console.error(message),
  })
  const controlPlane = bootstrap.cp ? createControlPlane(bootstrap.cp) : null
  return {
    agentId: bootstrap.agent_id,
    aitp,
    identity: createIdentity(aitp, bootstrap, address),
    address,
    policy: { pop, onward_delegation, max_delegation_hops },
    peers,
    manifests: aitp.createManifestCache({ capacity: limits.rememberedManifests }),
    held: new Map(),
    issued,
    pending: createPendingHandshakes(limits.pendingHandshakes),
    replay: aitp.createReplayStore({ capacity: limits.rememberedMessages }),
    renewals: aitp.createRenewalStore({ capacity: limits.rememberedMessages }),
    sessions: createKnownSessions(),
    challenges: aitp.createChallengeStore({ capacity: limits.waitingChallenges }),
    revocation: createRevocationState({
      config: bootstrap.cp ? revocationConfig(aitp, bootstrap.cp) : null,
      telemetry,
      originOf: issued.originOf,
      fetchList: createListFetcher({ aitp, peers, sent, telemetry }, controlPlane),
    }),
    tcts: createTctVerifier(aitp, limits.cachedTokens),
    controlPlane,
    sent,
    rates: { perAddress: createRateLimit(limits.rate), perAid: createRateLimit(limits.rate) },
    exchangeIds: createExchangeIds(() => randomBytes(8).toString('hex')),
    telemetry,
  }
}

function revocationConfig(
  aitp: Aitp,
  { aid, fail_mode, max_staleness_secs, refuse_stale }: NonNullable<Bootstrap['cp']>,
): RevocationConfig {
  return {
    issuer: aid === null ? null : aitp.parseAid(aid),
    refusesStale: refuse_stale,
    failMode: fail_mode ?? null,
    maxStalenessSecs: max_staleness_secs,
  }
}

/** The first list before the first call, so that nothing is served in ignorance. */
async function followRevocations(
  { controlPlane, revocation, telemetry }: Agent,
  cp: Bootstrap['cp'],
): Promise<void> {
  if (controlPlane === null || cp === undefined) return
  await revocation.refresh()
  await telemetry.flush()
  if (cp.aid !== null) startPolling(revocation, telemetry, cp.poll_secs * 1_000)
}

function mount(
  app: Express,
  agent: Agent,
  { agent_id, inputs, secrets }: Bootstrap,
  capabilitiesOf: (tools: WorkerTools) => Capabilities,
): void {
  const generation = createGeneration(process.env, agent.telemetry)
  const capabilities = capabilitiesOf({ agentId: agent_id, inputs, generation })
  app.use((request, _response, next) => withRequestContext(readRequestContext(request.headers), next))
  const isHost = (request: Request) => sameSecret(bearerOf(request.headers.authorization), secrets.admin)
  app.use(protocolRoutes(agent, isHost))
  app.use(capabilityRoutes(agent, capabilities))
  app.use(adminRoutes(agent, capabilities, isHost))
  app.use((_request, response) => {
    response.status(404).json({
      error: { code: 'not_found', message: 'There is nothing here.' },
      detail: 'There is nothing here.',
    })
  })
  app.use((error: Error & { status?: number }, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error)
      return
    }
    recordUnread(agent, error, request, response).catch(next)
  })
}

/** Takes the wanted port, or any free one when another program has it; the ready line says which. */
async function listen(server: Server, wanted: number): Promise<number> {
  try {
    return await bind(server, wanted)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return bind(server, 0)
  }
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
