import type { CheckDefinition } from '../collector.ts'
import { type EnvelopeCheckId, envelopeChecks, type MessagePrefix } from '../envelope-checks.ts'
import { type IdentityCheckId, identityChecks } from '../identity/checks.ts'
import { check } from '../ladder.ts'
import { type ManifestBodyCheckId, manifestBodyChecks } from '../manifest/verify.ts'
import { type TctTokenCheckId, tctTokenChecks, tctUseChecks } from '../tct/verify.ts'
import { type VoucherCheckId, voucherChecks } from '../tct/voucher.ts'

export type HelloPrefix = 'hello' | 'hello_ack'
export type CommitPrefix = 'commit' | 'commit_ack'

/** What both hellos are checked for, each under its own prefix. */
export type HelloContentId<Prefix extends HelloPrefix> =
  | EnvelopeCheckId<Prefix>
  | `${Prefix}.${'expected_peer' | 'manifest_aid'}`
  | ManifestBodyCheckId
  | IdentityCheckId

/** What both commits are checked for. */
export type CommitContentId<Prefix extends CommitPrefix> =
  | EnvelopeCheckId<Prefix>
  | `${Prefix}.${'sender' | 'nonce_echo' | 'pop' | 'grants_offered' | 'required_capabilities'}`
  | TctTokenCheckId
  | VoucherCheckId
  | 'tct.revocation'

export type HelloCheckId = HelloContentId<'hello'>

export type HelloAckCheckId =
  | HelloContentId<'hello_ack'>
  | `hello_ack.${'state' | 'deadline' | 'sender' | 'nonce_echo' | 'issue'}`

export type CommitCheckId = CommitContentId<'commit'> | `commit.${'state' | 'deadline' | 'issue'}`
export type CommitAckCheckId = CommitContentId<'commit_ack'> | 'commit_ack.state'

/** The responder on MUTUAL_HELLO. */
// biome-ignore format: a table, one row a check.
export const helloChecks: readonly CheckDefinition<HelloCheckId>[] = [
  ...envelopeChecks('hello'),
  expectedPeer('hello'),
  manifestAid('hello'),
  ...manifestBodyChecks,
  ...identityChecks,
]

/** The initiator on MUTUAL_HELLO_ACK. */
// biome-ignore format: a table, one row a check.
export const helloAckChecks: readonly CheckDefinition<HelloAckCheckId>[] = [
  state('hello_ack'),
  check('hello_ack.deadline', 'Answer came within 60 s of the hello', 'RFC-AITP-0004', 'TIMESTAMP_EXPIRED'),
  ...envelopeChecks('hello_ack'),
  expectedPeer('hello_ack'),
  sender('hello_ack'),
  manifestAid('hello_ack'),
  ...manifestBodyChecks,
  ...identityChecks,
  nonceEcho('hello_ack'),
  issue('hello_ack'),
]

/** The responder on MUTUAL_COMMIT. */
// biome-ignore format: a table, one row a check.
export const commitChecks: readonly CheckDefinition<CommitCheckId>[] = [
  state('commit'),
  check('commit.deadline', 'Commit came within 60 s of the hello', 'RFC-AITP-0004', 'TIMESTAMP_EXPIRED'),
  ...commitContent('commit', 'RFC-AITP-0004 §3.3'),
  issue('commit'),
]

/** The initiator on MUTUAL_COMMIT_ACK. */
// biome-ignore format: a table, one row a check.
export const commitAckChecks: readonly CheckDefinition<CommitAckCheckId>[] = [
  state('commit_ack'),
  ...commitContent('commit_ack', 'RFC-AITP-0004 §3.4'),
]

function commitContent<Prefix extends CommitPrefix>(
  prefix: Prefix,
  section: string,
): readonly CheckDefinition<CommitContentId<Prefix>>[] {
  const [revocation] = tctUseChecks
  // biome-ignore format: a table, one row a check.
  return [
    ...envelopeChecks(prefix),
    sender(prefix),
    nonceEcho(prefix),
    check(`${prefix}.pop`, 'Proof of possession over the nonce of this agent verifies', section, 'POP_VERIFICATION_FAILED'),
    ...tctTokenChecks,
    ...voucherChecks,
    check(`${prefix}.grants_offered`, 'Every grant is one that the issuer offers', 'RFC-AITP-0004', 'GRANT_OVERFLOW'),
    revocation,
    check(`${prefix}.required_capabilities`, 'Every capability this agent requires is granted', 'RFC-AITP-0004', 'INSUFFICIENT_GRANTS'),
  ]
}

function state<Prefix extends MessagePrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.state`> {
  return check(
    `${prefix}.state`,
    'Handshake is waiting for this message',
    'RFC-AITP-0004',
    'INVALID_ENVELOPE',
  )
}

function sender<Prefix extends MessagePrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.sender`> {
  return check(
    `${prefix}.sender`,
    'Sender is the peer of this handshake',
    'RFC-AITP-0004',
    'INVALID_ENVELOPE',
  )
}

function expectedPeer<Prefix extends HelloPrefix>(
  prefix: Prefix,
): CheckDefinition<`${Prefix}.expected_peer`> {
  return check(
    `${prefix}.expected_peer`,
    'AID is the one pinned for this peer',
    'RFC-AITP-0002 §3.2',
    'IDENTITY_FAILED',
  )
}

function manifestAid<Prefix extends HelloPrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.manifest_aid`> {
  return check(
    `${prefix}.manifest_aid`,
    'Manifest is that of the sender',
    'RFC-AITP-0004',
    'INVALID_ENVELOPE',
  )
}

function nonceEcho<Prefix extends MessagePrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.nonce_echo`> {
  return check(
    `${prefix}.nonce_echo`,
    'Echoed nonce is the one this agent sent',
    'RFC-AITP-0004',
    'NONCE_MISMATCH',
  )
}

function issue<Prefix extends MessagePrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.issue`> {
  return check(
    `${prefix}.issue`,
    'This agent may issue the peer a TCT',
    'RFC-AITP-0004 §4.1',
    'POLICY_VIOLATION',
  )
}
