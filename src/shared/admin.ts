import { z } from 'zod'
import { AgentFault } from './faults.ts'

/** The routes by which the host asks a worker to act; bearer: the agent's admin secret. */

export const Peer = z.object({
  agent_id: z.string(),
  aid: z.string(),
  manifest_url: z.url(),
  did: z.string().nullable(),
})
export type Peer = z.infer<typeof Peer>

/** `PUT /admin/peers`: the pins; replaces what was known. */
export const PutPeers = z.object({ peers: z.array(Peer) })
export const PeersAccepted = z.object({ count: z.int() })

/** `POST /admin/initiate-handshake`; no grants means everything the peer offers. */
export const InitiateHandshake = z.object({
  peer_manifest_url: z.url(),
  requested_grants: z.array(z.string()).optional(),
  /** Nobody knows whose key to expect there, and the host says so: that check is then skipped, on this machine too. */
  unpinned: z.boolean().default(false),
  /** Where alone the handshake may be, and hence the token go; else 409 `origin_mismatch`. */
  expected_origin: z.url().optional(),
  fault: AgentFault.optional(),
})
export type InitiateHandshake = z.infer<typeof InitiateHandshake>
export const HandshakeDone = z.object({
  grants: z.array(z.string()),
  session_id: z.string(),
  peer_aid: z.string(),
  peer_port: z.int(),
  jti: z.string(),
  expires_at: z.int(),
})
export type HandshakeDone = z.infer<typeof HandshakeDone>

/** `POST /admin/invoke`: call a peer with the TCT held for it. */
export const Invoke = z.object({
  peer_aid: z.string(),
  capability: z.string(),
  payload: z.unknown().optional(),
  /** `none` calls without a token, to show what that leads to; the peer's address comes from its pin. */
  token: z.enum(['held', 'none']).default('held'),
  fault: AgentFault.optional(),
})
/** A refusal by the peer is data, not a failure of the call. */
export const InvokeRefused = z.object({ error: z.literal(true), status_code: z.int(), body: z.unknown() })
export type InvokeRefused = z.infer<typeof InvokeRefused>

/** `POST /admin/self-execute`: run a capability of its own, no peer and no token. */
export const SelfExecute = z.object({ capability: z.string(), payload: z.unknown().optional() })

/** `GET /admin/held-tct?peer_aid=`: the token itself; 412 when none is held. */
export const HeldTct = z.object({
  /** Whose token it is. */
  aid: z.string(),
  /** Who issued it. */
  peer_aid: z.string(),
  tct_token: z.string(),
  jti: z.string(),
  expires_at: z.int(),
})
export type HeldTct = z.infer<typeof HeldTct>

/** `POST /admin/delegate`: pass on part of what `peer_aid` granted; 412 without a voucher from it. */
export const Delegate = z.object({
  peer_aid: z.string(),
  delegatee_manifest_url: z.url(),
  scope: z.array(z.string()).min(1),
  ttl_secs: z.int().positive().optional(),
  /** Gives the token an id, so that it can be extended into a chain. */
  chained: z.boolean().default(false),
  /** A delegation made for this agent, to be passed on by one more hop instead of the agent's own token. */
  parent_token: z.string().optional(),
  fault: AgentFault.optional(),
})
export type Delegate = z.infer<typeof Delegate>
export const Delegated = z.object({
  delegation_token: z.string(),
  delegatee_aid: z.string(),
  scope: z.array(z.string()),
  expires_at: z.int(),
  /** Synthetic for a single hop, whose token has no id of its own (control-plane.md §5.3). */
  jti: z.string(),
  parent_jti: z.string(),
})
export type Delegated = z.infer<typeof Delegated>

/** `POST /admin/redeem-delegation`: turn a delegation into a TCT at the agent whose grant was passed on. */
export const RedeemDelegation = z.object({
  peer_manifest_url: z.url(),
  delegation_token: z.string(),
  fault: AgentFault.optional(),
})
export const DelegationRedeemed = z.object({
  ok: z.literal(true),
  peer_port: z.int(),
  peer_aid: z.string(),
  grants: z.array(z.string()),
  jti: z.string(),
  expires_at: z.int(),
})
export type DelegationRedeemed = z.infer<typeof DelegationRedeemed>

/** `POST /admin/revoke-tct`: put a token of one's own on the local list, which nothing clears. */
export const RevokeTct = z.object({ jti: z.string(), reason: z.string().optional() })
export const TctRevoked = z.object({ revoked: z.string(), total_revoked: z.int() })

/** What a worker knows about revocation by others; `unchecked`: it has no list to ask for. */
export const RevocationPosture = z.enum(['unchecked', 'current', 'degraded'])
export type RevocationPosture = z.infer<typeof RevocationPosture>

/** `POST /admin/refresh-revocations`: fetch the Control Plane's list now. The pinned issuer cannot be overridden. */
export const RefreshRevocations = z.object({
  cp_base_url: z.url().optional(),
  cp_api_key: z.string().optional(),
  quiet: z.boolean().default(false),
  fault: AgentFault.optional(),
})
export const RevocationsRefreshed = z.object({
  revoked_count: z.int(),
  added: z.int(),
  posture: RevocationPosture,
  snapshot_count: z.int().optional(),
  verified: z.boolean().optional(),
  /** There is no Control Plane. */
  skipped: z.string().optional(),
  /** It could not be had. */
  error: z.string().optional(),
  /** It came and was not used: the cause. */
  discarded: z.string().optional(),
  check: z.string().nullable().optional(),
  detail: z.string().optional(),
})
export type RevocationsRefreshed = z.infer<typeof RevocationsRefreshed>

/** `POST /admin/renew-tct`: have the token held from `peer_aid` replaced by its issuer; 412 without one. */
export const RenewTct = z.object({
  peer_aid: z.string(),
  new_ttl_secs: z.int().positive().optional(),
  fault: AgentFault.optional(),
})
export const TctRenewed = z.object({
  jti: z.string(),
  previous_jti: z.string(),
  expires_at: z.int(),
  issuer: z.string(),
  subject: z.string(),
})
export type TctRenewed = z.infer<typeof TctRenewed>

/** `POST /admin/export-session-bundle`: sign a list of those to whom this agent issued tokens. */
export const ExportSessionBundle = z.object({
  participant_tcts: z.array(z.object({ aid: z.string(), tct_token: z.string() })).min(1),
})
export const SessionBundleExported = z.object({
  /** The signed document, as text. */
  bundle_envelope: z.string(),
  session_id: z.string(),
  participant_aids: z.array(z.string()),
  expires_at: z.int(),
})
export type SessionBundleExported = z.infer<typeof SessionBundleExported>

/** `POST /admin/verify-session-bundle` */
export const VerifySessionBundle = z.object({ bundle_envelope: z.string(), coordinator_aid: z.string() })
export const SessionBundleVerified = z.object({
  kind: z.enum(['clear', 'degraded']),
  active_aids: z.array(z.string()),
  dropped_aids: z.array(z.string()),
})
export type SessionBundleVerified = z.infer<typeof SessionBundleVerified>

/** `POST /admin/rotate-keys`: a new random key of the same suite, a new manifest; handshakes under way are dropped. */
export const RotateKeys = z.object({})
export const KeysRotated = z.object({
  aid: z.string(),
  old_aid: z.string(),
  manifest_replaced: z.boolean(),
})
export type KeysRotated = z.infer<typeof KeysRotated>

/** `POST /admin/enroll-with-cp`: 412 without a Control Plane, 502 when it refuses. */
export const EnrollWithCp = z.object({ cp_base_url: z.url().optional() })
export const EnrolledWithCp = z.object({
  enrolled: z.literal(true),
  aid: z.string(),
  registered_at: z.union([z.string(), z.number()]).nullable(),
  token_expires_in: z.number().nullable(),
})
export type EnrolledWithCp = z.infer<typeof EnrolledWithCp>

/** `GET /admin/tct-cache-stats` */
export const TctCacheStats = z.object({
  enabled: z.boolean(),
  hits: z.int(),
  misses: z.int(),
  size: z.int(),
})
export type TctCacheStats = z.infer<typeof TctCacheStats>

/** What a worker answers when the protocol refused: the code, and the check that failed. */
export const AdminRefusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), check: z.string().nullable().optional() }),
  detail: z.string(),
})
