import type { Aitp } from '../../aitp/index.ts'
import { AppError } from '../../shared/errors.ts'
import { localManifestUrl } from './discovery.ts'

const timeoutMs = 5_000

/**
 * Fetches a worker's manifest and verifies that it shows the AID of the worker's own ready line. Rejects with
 * `agent_spawn_error` naming the check that failed.
 */
export async function checkPublishedManifest(
  aitp: Aitp,
  worker: { agentId: string; port: number; aid: string },
  adminSecret: string,
  signal: AbortSignal,
): Promise<void> {
  const url = localManifestUrl(worker.port)
  try {
    const response = await fetch(url, {
      // Says that this is the host's own look, and no message between agents.
      headers: { authorization: `Bearer ${adminSecret}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    aitp.verifyManifest(text, {
      now: Math.floor(Date.now() / 1000),
      expectedAid: aitp.parseAid(worker.aid),
      allowLoopbackHttp: true,
    })
  } catch (cause) {
    signal.throwIfAborted()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'agent_spawn_error',
      `Agent ${worker.agentId} is up, but its manifest at ${url} is not in order: ${reason}`,
      {
        cause,
      },
    )
  }
}
