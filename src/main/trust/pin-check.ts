import type { Aitp, VerifiedManifest } from '../../aitp/index.ts'
import { AppError } from '../../shared/errors.ts'
import { readBounded } from '../read-bounded.ts'
import { localManifestUrl } from './discovery.ts'

const timeoutMs = 5_000
const largestManifest = 256 * 1024

/** A worker of ours: where it listens, who it must be, and what shows it that the host looks. */
export interface PublishingAgent {
  readonly agentId: string
  readonly port: number
  readonly aid: string
  readonly secret: string
}

/** Fetches a worker's manifest and verifies it, its AID included. Rejects with `AitpError`, or when there is none. */
export async function fetchVerifiedManifest(
  aitp: Aitp,
  agent: PublishingAgent,
  signal: AbortSignal,
): Promise<VerifiedManifest> {
  const response = await fetch(localManifestUrl(agent.port), {
    // Says that this is the host's own look, and no message between agents.
    headers: { authorization: `Bearer ${agent.secret}` },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  const text = await readBounded(response, largestManifest)
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return aitp.verifyManifest(text, {
    now: Math.floor(Date.now() / 1000),
    expectedAid: aitp.parseAid(agent.aid),
    allowLoopbackHttp: true,
  })
}

/** Rejects with `agent_spawn_error`, naming the check that failed, unless a worker shows the AID it is to have. */
export async function checkPublishedManifest(
  aitp: Aitp,
  agent: PublishingAgent,
  signal: AbortSignal,
): Promise<void> {
  try {
    await fetchVerifiedManifest(aitp, agent, signal)
  } catch (cause) {
    signal.throwIfAborted()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'agent_spawn_error',
      `Agent ${agent.agentId} is up, but its manifest at ${localManifestUrl(agent.port)} is not in order: ${reason}`,
      { cause },
    )
  }
}
