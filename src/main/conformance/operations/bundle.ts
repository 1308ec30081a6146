import { AitpError } from '../../../aitp/index.ts'
import { nowOf, type Operation } from '../session.ts'

export const verifyBundle: Operation = (params, session) => {
  if (!session.features.has('experimental-session-bundle')) {
    throw new AitpError('SESSION_BUNDLE_INVALID', 'session bundles are switched off')
  }
  const { aitp, compat, revoked } = session
  const { kind, sessionId, coordinator, activeAids, droppedAids, expiresAt } = aitp.verifySessionBundle(
    params.json('session_bundle'),
    {
      now: nowOf(params, session),
      selfAid: aitp.parseAid(params.text('self_aid')),
      isRevoked: (jti) => revoked.has(jti),
      compat,
    },
  )
  return {
    verified: true,
    kind,
    session_id: sessionId,
    coordinator,
    active_aids: activeAids,
    dropped_aids: droppedAids,
    expires_at: expiresAt,
  }
}
