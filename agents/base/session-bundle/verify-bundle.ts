import type { SessionBundleVerified } from '../../../src/shared/admin.ts'
import type { Agent } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { resolveManifest } from '../fetch-manifest.ts'
import { WorkerError } from '../refusal.ts'

/**
 * Judges a session bundle as one of its participants (RFC-AITP-0010 §5): who is in the session, without those whose
 * token is revoked. Throws `AitpError`, or {@link WorkerError} when the coordinator's manifest cannot be had.
 */
export async function verifySessionBundle(
  agent: Agent,
  text: string,
  coordinatorAid: string,
): Promise<SessionBundleVerified> {
  const { aitp, identity, revocation, sessions } = agent
  const coordinator = aitp.parseAid(coordinatorAid)
  const coordinatorManifest = await resolveManifest(agent, coordinator)
  const { refusal } = revocation.admit()
  if (refusal !== null) throw new WorkerError(502, 'TCT_REVOKED', refusal, { check: 'bundle.revocation' })
  const verified = aitp.verifySessionBundle(text, {
    now: unixNow(),
    selfAid: identity.key.aid,
    expectedCoordinator: coordinator,
    coordinatorManifest,
    knownContent: (issuer, sessionId) => sessions.contentOf(issuer, sessionId),
    isRevoked: (jti) => revocation.denies(jti) !== null,
  })
  sessions.keep(verified)
  const { kind, activeAids, droppedAids } = verified
  agent.telemetry.event({ type: 'session.bundle.verified', kind, active_count: activeAids.length })
  return { kind, active_aids: [...activeAids], dropped_aids: [...droppedAids] }
}
