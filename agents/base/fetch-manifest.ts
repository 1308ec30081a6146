import { type Aid, AitpError, type VerifiedManifest } from '../../src/aitp/index.ts'
import type { Agent } from './agent.ts'
import { unixNow } from './clock.ts'
import { refuseWayBack } from './endpoints.ts'
import { exchangeWith } from './outbound.ts'
import { failedAtPeer } from './peer-failure.ts'
import { WorkerError } from './refusal.ts'

const timeoutMs = 10_000

/**
 * Fetches and verifies the manifest of a peer, which must show the AID it is pinned by. Throws {@link WorkerError}, 502,
 * with the code of the refusal.
 *
 * @param expectedAid the pin known for this address unless another is wanted; `undefined`: nobody is expected
 */
export async function fetchManifest(
  agent: Agent,
  url: string,
  expectedAid: Aid | undefined = agent.peers.byManifestUrl(url)?.aid,
): Promise<VerifiedManifest> {
  const now = unixNow()
  const collector = agent.aitp.createCollector()
  let exchange: string | undefined
  try {
    const manifest = await exchangeWith(
      agent,
      { kind: 'manifest', method: 'GET', url, peerAid: expectedAid ?? null, timeoutMs },
      ({ status, text }, exchangeId) => {
        exchange = exchangeId
        if (status !== 200) throw new AitpError('MANIFEST_NOT_FOUND', `${url} answered ${status}`)
        const value = agent.aitp.verifyManifest(text, {
          now,
          expectedAid,
          allowLoopbackHttp: true,
          collector,
        })
        refuseWayBack(url, value)
        return { value }
      },
      () => collector.report('manifest', now),
    )
    agent.manifests.offer(manifest, now)
    return manifest
  } catch (error) {
    const failure = failedAtPeer(error)
    const { code, check } = failure.refusal
    agent.telemetry.event({ type: 'manifest.verify_failed', cause: code, check, source_url: url }, exchange)
    throw failure
  }
}

/**
 * The manifest of an agent that is known by its AID: as it is published now, else, while that agent does not answer,
 * the last one seen that is still valid (RFC-AITP-0002). Throws {@link WorkerError}, 502.
 */
export async function resolveManifest(agent: Agent, aid: Aid): Promise<VerifiedManifest> {
  const url = agent.peers.byAid(aid)?.manifest_url ?? agent.held.get(aid)?.manifestUrl
  const known = agent.manifests.get(aid, unixNow())
  if (url === undefined) {
    if (known !== undefined) return known
    throw new WorkerError(
      502,
      'KEY_RESOLUTION_FAILED',
      `no manifest of ${aid} is known, nor where it would be`,
    )
  }
  try {
    return await fetchManifest(agent, url, aid)
  } catch (error) {
    if (known !== undefined && error instanceof WorkerError && isMissing(error)) return known
    throw error
  }
}

/** Nobody said anything about the manifest, neither good nor bad. */
function isMissing({ refusal }: WorkerError): boolean {
  return refusal.code === 'MANIFEST_NOT_FOUND' || refusal.code === 'no_answer'
}
