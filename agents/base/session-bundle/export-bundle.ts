import type { SessionBundleExported } from '../../../src/shared/admin.ts'
import { type Agent, randomness } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { WorkerError } from '../refusal.ts'

/** An agent and the token it was issued by the coordinator. */
export interface BundleMember {
  readonly aid: string
  readonly tct_token: string
}

/** Signs a list of those to whom this agent issued tokens (RFC-AITP-0010 §3). Throws `AitpError` for any other token. */
export function exportSessionBundle(agent: Agent, members: readonly BundleMember[]): SessionBundleExported {
  const { aitp, identity, revocation } = agent
  const participants = members.map(({ aid, tct_token }) => ({ aid: aitp.parseAid(aid), tct: tct_token }))
  if (new Set(participants.map(({ aid }) => aid)).size !== participants.length)
    throw new WorkerError(422, 'invalid_body', 'participant_tcts: each agent is a participant once')
  const { text, document } = aitp.buildSessionBundle(identity.key, {
    sessionId: aitp.newUuid(randomness),
    issuedAt: unixNow(),
    participants,
    isRevoked: (jti) => revocation.ownTokens.denies(jti) !== null,
  })
  const { session_id, expires_at } = document.session_bundle
  agent.telemetry.event({
    type: 'session.bundle.exported',
    session_id,
    participant_count: participants.length,
  })
  return {
    bundle_envelope: text,
    session_id,
    participant_aids: participants.map(({ aid }) => aid),
    expires_at,
  }
}
