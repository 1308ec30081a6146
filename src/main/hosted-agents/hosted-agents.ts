import { z } from 'zod'
import { HandshakeDone } from '../../shared/admin.ts'
import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { AppError } from '../../shared/errors.ts'
import type {
  FederatedTrust,
  HostAgent,
  HostedAgent,
  InvokeFederated,
  ResolveAndHandshake,
} from '../../shared/hosted-agents.ts'
import { AdminRefused, askAgent } from '../hosting/admin-client.ts'
import { describeExit } from '../hosting/supervisor.ts'
import { requireProgram } from '../hosting/worker-program.ts'
import { findAgentManifest } from '../registry/index.ts'
import { tellHandshake } from '../runner/establish-trust.ts'
import type { Operation } from '../store/event-log.ts'
import { endHosted, type Hosting, type HostingEnd } from './end-hosted.ts'
import { resolveFederatedPeer } from './federated-peer.ts'
import type { HostedAgentParts } from './hosted-agent-parts.ts'
import { startHosted } from './start-hosted.ts'

/** Single agents under public names, for peers of other consoles (playground.md §4.5). */
export interface HostedAgents {
  host(request: HostAgent): Promise<HostedAgent>
  list(): HostedAgent[]
  /** Throws `hosted_agent_not_found`. */
  get(hostedId: string): HostedAgent
  stop(hostedId: string): Promise<void>
  /** Stops the agent behind a run's record. False when there is none. */
  cancelRun(runId: string): Promise<boolean>
  resolveAndHandshake(request: ResolveAndHandshake): Promise<FederatedTrust>
  invoke(request: InvokeFederated): Promise<unknown>
  close(): Promise<void>
}

const handshakeMs = 30_000
const invokeMs = 180_000

/** A peer that trust was established with. */
type FederatedPeer = Pick<FederatedTrust, 'peer_aid' | 'peer_port' | 'peer_base_url'>

interface LiveHosting extends Hosting {
  /** The last handshake with each, by AID. */
  readonly peers: Map<string, FederatedPeer>
}

export function createHostedAgents(options: Omit<HostedAgentParts, 'signal'>): HostedAgents {
  const { environment } = options
  const live = new Map<string, LiveHosting>()
  const closing = new AbortController()
  const parts = { ...options, signal: closing.signal }

  function find(hostedId: string): LiveHosting {
    const found = live.get(hostedId)
    if (found) return found
    throw new AppError('hosted_agent_not_found', `There is no hosted agent ${hostedId}.`)
  }

  async function end(hosting: LiveHosting, how: HostingEnd): Promise<void> {
    if (live.delete(hosting.about.hosted_id)) await endHosted(parts, hosting, how)
  }

  function watch(hosting: LiveHosting): void {
    const { about, agent } = hosting
    agent.worker.ended
      .then(({ exit, cause }) => {
        if (cause !== 'crashed') return
        const message = `Agent ${about.agent_id} (pid ${agent.worker.pid}) ended by itself: ${describeExit(exit)}.`
        return end(hosting, new AppError('agent_exited', message))
      })
      .catch(() => undefined)
  }

  function ask<Answer>(
    { agent, traceId }: LiveHosting,
    operation: Operation,
    call: {
      path: string
      body: Readonly<Record<string, unknown>>
      answer: z.ZodType<Answer>
      timeoutMs: number
    },
  ): Promise<Answer> {
    const signal = closing.signal
    return askAgent(agent, { ...call, method: 'POST', operation: operation.id, traceId, signal })
  }

  return {
    async host(request) {
      const publicHost = request.public_host ?? environment['PUBLIC_HOST']
      if (!publicHost) {
        throw new AppError(
          'public_host_missing',
          'An agent for peers elsewhere needs a public name: give public_host, or set PUBLIC_HOST.',
        )
      }
      const scheme = request.public_scheme ?? (environment['PUBLIC_SCHEME'] === 'https' ? 'https' : 'http')
      const manifest = startable(request.ref, parts)
      const hosting = {
        ...(await startHosted(parts, { request, manifest, publicHost, scheme })),
        peers: new Map(),
      }
      live.set(hosting.about.hosted_id, hosting)
      watch(hosting)
      return hosting.about
    },
    list: () => [...live.values()].map(({ about }) => about),
    get: (hostedId) => find(hostedId).about,
    stop: (hostedId) => end(find(hostedId), 'stopped'),
    async cancelRun(runId) {
      const found = [...live.values()].find(({ about }) => about.run_id === runId)
      if (found === undefined) return false
      await end(found, 'cancelled')
      return true
    },

    async resolveAndHandshake({ hosted_id, peer_did, requested_grants: grants }) {
      const hosting = find(hosted_id)
      const { manifestUrl, origin } = await resolveFederatedPeer(peer_did, {
        insecureHosts: environment['AITP_DIDWEB_INSECURE_HOSTS'] ?? '',
        allowLoopback: /^(1|true|yes)$/i.test(environment['AITP_FEDERATION_ALLOW_LOOPBACK'] ?? ''),
        signal: closing.signal,
      })
      const operation = hosting.log.begin([])
      const done = await tellHandshake(
        operation,
        { initiator: hosting.about.agent_id, target: peer_did },
        grants,
        () =>
          ask(hosting, operation, {
            path: '/admin/initiate-handshake',
            // An identifier gives an address and no key: who answers there is nobody's pin.
            body: {
              peer_manifest_url: manifestUrl,
              requested_grants: grants ?? [],
              unpinned: true,
              expected_origin: origin,
            },
            answer: HandshakeDone,
            timeoutMs: handshakeMs,
          }),
      ).catch((error: unknown) => {
        throw originMismatch(error) ?? error
      })
      const { peer_aid, peer_port, session_id, jti } = done
      hosting.peers.set(peer_aid, { peer_aid, peer_port, peer_base_url: origin })
      return {
        trust: 'established',
        peer_did,
        resolved_manifest_url: manifestUrl,
        peer_origin: origin,
        peer_base_url: origin,
        grants: done.grants,
        peer_aid,
        peer_port,
        session_id,
        jti,
      }
    },

    async invoke({ hosted_id, capability, payload, ...named }) {
      const hosting = find(hosted_id)
      const { peer_aid } = choosePeer([...hosting.peers.values()], named)
      const operation = hosting.log.begin([])
      try {
        return await ask(hosting, operation, {
          path: '/admin/invoke',
          body: { peer_aid, capability, ...(payload === undefined ? {} : { payload }) },
          answer: z.unknown(),
          timeoutMs: invokeMs,
        })
      } catch (cause) {
        if (!(cause instanceof AdminRefused)) throw cause
        const { code, check, status, message } = cause
        throw new AppError('capability_failed', `The call of ${capability} failed with ${code}: ${message}`, {
          details: { code, check, status },
          cause,
        })
      }
    },

    async close() {
      closing.abort(new AppError('data_folder_in_use', 'The console is closing.'))
      await Promise.all([...live.values()].map((hosting) => end(hosting, 'stopped')))
    },
  }
}

/** The manifest of an agent that can be started here. */
function startable(ref: string, parts: HostedAgentParts): AgentManifestFile {
  const manifest = findAgentManifest(parts.registry(), ref)
  requireProgram(ref, manifest, parts)
  parts.programs.require(parts.scenariosDir, { [ref]: manifest })
  return manifest
}

/** The agent's own refusal of a handshake elsewhere, as the service says it. */
function originMismatch(error: unknown): AppError | null {
  const refused = error instanceof AppError ? error.cause : null
  const isOurs = refused instanceof AdminRefused && refused.code === 'origin_mismatch'
  return isOurs ? new AppError('origin_mismatch', `${refused.message}.`, { cause: error }) : null
}

/** A token goes only to where it was issued (decision 4), so another base URL than that of the handshake is refused. */
function choosePeer(
  known: readonly FederatedPeer[],
  { peer_aid, peer_port, peer_base_url }: Pick<InvokeFederated, 'peer_aid' | 'peer_port' | 'peer_base_url'>,
): FederatedPeer {
  const found = known.filter((peer) =>
    peer_aid === undefined ? peer.peer_port === peer_port : peer.peer_aid === peer_aid,
  )
  const [peer, another] = found
  if (peer === undefined) {
    throw new AppError(
      'capability_failed',
      `No TCT is held from ${peer_aid ?? `port ${peer_port}`}; shake hands first.`,
    )
  }
  if (another !== undefined) {
    throw new AppError('invalid_body', `Several peers have port ${peer_port}; name one by peer_aid.`)
  }
  if (peer_base_url !== undefined && new URL(peer_base_url).origin !== peer.peer_base_url) {
    throw new AppError(
      'origin_mismatch',
      `The token of ${peer.peer_aid} is for ${peer.peer_base_url} and is not sent to ${peer_base_url}.`,
    )
  }
  return peer
}
