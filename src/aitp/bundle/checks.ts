import type { CheckDefinition } from '../collector.ts'
import { check } from '../ladder.ts'

type Step =
  | 'wrapper'
  | 'body'
  | 'version'
  | 'expires_at'
  | 'participants'
  | 'window'
  | 'coordinator'
  | 'signature'
  | 'member'
  | 'session'
  | 'revocation'

export type BundleCheckId = `bundle.${Step}` | `participant.${number}.${'iss' | 'aud' | 'tct'}`

/** The ladder of a bundle with this many participants (RFC-AITP-0010 §5). */
// biome-ignore format: a table, one row a check.
export function bundleChecks(participants: number): readonly CheckDefinition<BundleCheckId>[] {
  return [
    check('bundle.wrapper', 'Document is an object with the single member session_bundle', 'RFC-AITP-0010 §3', 'SESSION_BUNDLE_INVALID'),
    check('bundle.body', 'Body is complete and well-formed', 'RFC-AITP-0010 §3', 'SESSION_BUNDLE_INVALID'),
    check('bundle.version', 'Protocol version is known', 'RFC-AITP-0010 §5', 'BUNDLE_VERSION_MISMATCH'),
    check('bundle.expires_at', 'Bundle has not expired', 'RFC-AITP-0010 §5', 'BUNDLE_EXPIRED'),
    check('bundle.participants', 'Somebody takes part', 'RFC-AITP-0010 §5', 'BUNDLE_EMPTY_PARTICIPANTS'),
    check('bundle.window', 'Bundle ends with the first token in it', 'RFC-AITP-0010 §6', 'BUNDLE_EXPIRY_WINDOW_INVARIANT'),
    check('bundle.coordinator', 'Coordinator is the expected one', 'RFC-AITP-0010 §5', 'BUNDLE_INVALID_SIGNATURE'),
    check('bundle.signature', 'Signature verifies under the key in the coordinator AID', 'RFC-AITP-0010 §5', 'BUNDLE_INVALID_SIGNATURE'),
    ...Array.from({ length: participants }, (_, index) => participantChecks(index)).flat(),
    check('bundle.member', 'This agent takes part', 'RFC-AITP-0010 §5', 'BUNDLE_NOT_MEMBER'),
    check('bundle.session', 'Session is not known with other content', 'RFC-AITP-0010', 'SESSION_BUNDLE_INVALID'),
    check('bundle.revocation', 'Token of this agent is not revoked', 'RFC-AITP-0010', 'BUNDLE_PARTICIPANT_TCT_INVALID'),
  ]
}

// biome-ignore format: a table, one row a check.
function participantChecks(index: number): readonly CheckDefinition<BundleCheckId>[] {
  return [
    check(`participant.${index}.iss`, 'Token is one of the coordinator', 'RFC-AITP-0010 §5', 'BUNDLE_COORDINATOR_ISSUER_MISMATCH'),
    check(`participant.${index}.aud`, 'Token is that of the participant', 'RFC-AITP-0010 §5', 'BUNDLE_AUDIENCE_MISMATCH'),
    check(`participant.${index}.tct`, 'Token verifies', 'RFC-AITP-0010 §5', 'BUNDLE_PARTICIPANT_TCT_INVALID'),
  ]
}
