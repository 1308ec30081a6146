import { availableParallelism } from 'node:os'
import type { AgentSpec } from '../../shared/scenario.ts'
import type { RevocationConfig } from '../control-plane/config.ts'
import type { DataFolder } from '../data-folder.ts'
import { type AgentStarter, type Leases, launchAgent, type RunningAgent } from '../hosting/launch-agent.ts'
import type { PortAllocator } from '../hosting/ports.ts'
import { type MockIssuer, mintMockIssuer } from '../trust/oidc-issuer.ts'
import { agentBootstrap } from './agent-bootstrap.ts'
import { inSlots } from './in-slots.ts'
import type { RunContext } from './run-context.ts'

export interface RunStarter extends AgentStarter {
  readonly ports: PortAllocator
  readonly dataFolder: DataFolder
  readonly revocation: RevocationConfig
}

/** How the agents of one run are started. */
export interface StartTerms {
  readonly leases: Leases
  readonly hasPublicKeys: boolean
  readonly causeSeq: readonly number[]
  readonly onReady: (agent: RunningAgent) => void
}

/**
 * Starts every agent of the run that does not run elsewhere, at most two a core at a time, and waits until each listens
 * with the identity its ready line shows.
 *
 * @returns the `seq`s of the `agent.ready` events
 */
export async function startAgents(
  context: RunContext,
  starter: RunStarter,
  terms: StartTerms,
): Promise<readonly number[]> {
  const ours = context.scenario.scenario.spec.agents.filter(({ ref }) => ref !== undefined)
  const { issuer, causeSeq } = mintIssuer(context, terms.causeSeq)
  const ready: number[] = []
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  await inSlots(ours, 2 * availableParallelism(), async (spec) => {
    try {
      ready.push(...(await startAgent(spec, context, starter, { ...terms, causeSeq }, issuer, signal)))
    } catch (error) {
      // The first failure stops the others; it alone is told.
      failed.abort(error)
      throw error
    }
  })
  return ready.length === 0 ? causeSeq : ready
}

/** One mock issuer for all OIDC agents of a run, none without such agents. */
function mintIssuer(
  { scenario, log }: RunContext,
  causeSeq: readonly number[],
): { issuer: MockIssuer | null; causeSeq: readonly number[] } {
  const needed = Object.values(scenario.manifests).some(({ spec }) => spec.aitp.identity_type === 'oidc')
  if (!needed) return { issuer: null, causeSeq }
  const issuer = mintMockIssuer()
  const operation = log.begin(causeSeq)
  operation.append({
    type: 'oidc.issuer_minted',
    result: { issuer_url: issuer.issuerUrl, kid: issuer.kid },
  })
  return { issuer, causeSeq: operation.tail }
}

async function startAgent(
  spec: AgentSpec,
  context: RunContext,
  starter: RunStarter,
  { leases, hasPublicKeys, causeSeq, onReady }: StartTerms,
  issuer: MockIssuer | null,
  signal: AbortSignal,
): Promise<readonly number[]> {
  signal.throwIfAborted()
  const manifest = context.scenario.manifests[spec.id]
  if (!manifest)
    throw new TypeError(`scenario ${context.scenario.ref} resolved without a manifest for ${spec.id}`)
  const operation = context.log.begin(causeSeq)
  const port = starter.ports.allocate(spec.port_offset)
  leases.push(() => starter.ports.release(port))
  operation.append({ type: 'agent.spawning', agent_id: spec.id, port: port === 0 ? null : port })
  const agent = await launchAgent(starter, {
    log: context.log,
    agentId: spec.id,
    manifest,
    port,
    publicOrigin: null,
    bootstrap: (listening) =>
      agentBootstrap(context, spec, manifest, {
        ...listening,
        trust: context.scenario.scenario.spec.trust,
        workspaceSecret: starter.dataFolder.workspaceSecret,
        hasPublicKeys,
        telemetryUrl: starter.telemetryUrl(),
        revocation: starter.revocation,
        issuer,
      }),
    leases,
    onSpawn: (spawned) => void context.workers.add(spawned),
    signal,
  })
  const { aid, worker } = agent
  context.agents.set(spec.id, agent)
  onReady(agent)
  operation.append({
    type: 'agent.ready',
    agent_id: spec.id,
    aid,
    port: worker.peerPort,
    pid: worker.pid,
  })
  return operation.tail
}
