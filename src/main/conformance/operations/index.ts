import type { Operation } from '../session.ts'
import { verifyBundle } from './bundle.ts'
import { verifyDelegationToken } from './delegation.ts'
import { verifyEnvelope } from './envelope.ts'
import { processHandshakeMessage, startHandshake } from './handshake.ts'
import { verifyHandshakePayload } from './handshake-payload.ts'
import { dumpSession, injectRevocation, setClock, setFeatures } from './harness.ts'
import {
  generateKeypair,
  issueDelegationToken,
  issueManifest,
  issueSessionBundle,
  issueTct,
  signEnvelope,
} from './issue.ts'
import { verifyManifest } from './manifest.ts'
import {
  authorizeInvocation,
  expectPopChallenge,
  issuePopChallenge,
  producePopResponse,
  verifyStoredPopResponse,
  withholdPopResponse,
} from './possession.ts'
import { computeJwkThumbprint, verifyJcs } from './primitives.ts'
import { verifySnapshot } from './snapshot.ts'
import { verifyTct } from './tct.ts'
import { verifyGrantVoucher } from './voucher.ts'

/** Every operation this program offers, by its name in the suite. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['verify_envelope', verifyEnvelope],
  ['verify_manifest', verifyManifest],
  ['verify_handshake_payload', verifyHandshakePayload],
  ['verify_tct', verifyTct],
  ['verify_grant_voucher', verifyGrantVoucher],
  ['verify_delegation_token', verifyDelegationToken],
  ['verify_revocation_snapshot', verifySnapshot],
  ['verify_session_bundle', verifyBundle],
  ['issue_pop_challenge', issuePopChallenge],
  ['produce_pop_response', producePopResponse],
  ['verify_pop_response', verifyStoredPopResponse],
  ['authorize_capability_invocation', authorizeInvocation],
  ['expect_pop_challenge_issued', expectPopChallenge],
  ['withhold_pop_response', withholdPopResponse],
  ['verify_jcs', verifyJcs],
  ['compute_jwk_thumbprint', computeJwkThumbprint],
  ['generate_keypair', generateKeypair],
  ['issue_manifest', issueManifest],
  ['issue_tct', issueTct],
  ['issue_delegation_token', issueDelegationToken],
  ['sign_envelope', signEnvelope],
  ['issue_session_bundle', issueSessionBundle],
  ['start_handshake', startHandshake],
  ['process_handshake_message', processHandshakeMessage],
  ['revoke_tct', injectRevocation],
  ['inject_revocation', injectRevocation],
  ['set_clock', setClock],
  ['set_features', setFeatures],
  ['dump_session', dumpSession],
])
