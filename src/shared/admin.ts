import { z } from 'zod'

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
})
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
})
/** A refusal by the peer is data, not a failure of the call. */
export const InvokeRefused = z.object({ error: z.literal(true), status_code: z.int(), body: z.unknown() })

/** `POST /admin/self-execute`: run a capability of its own, no peer and no token. */
export const SelfExecute = z.object({ capability: z.string(), payload: z.unknown().optional() })

/** What a worker answers when the protocol refused: the code, and the check that failed. */
export const AdminRefusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), check: z.string().nullable().optional() }),
  detail: z.string(),
})
