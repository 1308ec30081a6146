import { z } from 'zod'
import { SigningSuite } from './agent-manifest.ts'
import { HostName } from './scenario.ts'

/** `POST /hosted-agents`: a single agent that stays, under a public name, for peers of other consoles. */
export const HostAgent = z.strictObject({
  /** The manifest file, as scenarios name it. */
  ref: z.string().min(1),
  /** Host and port under which peers reach it; `PUBLIC_HOST` when absent. */
  public_host: HostName.optional(),
  /** `PUBLIC_SCHEME`, else `http`, when absent. */
  public_scheme: z.enum(['http', 'https']).optional(),
  signing_suite: SigningSuite.optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** Where it listens on this machine; refused when taken. */
  port: z.int().min(1).max(65_535).optional(),
})
export type HostAgent = z.infer<typeof HostAgent>

export const HostedAgent = z.object({
  /** 12 hexadecimal digits. */
  hosted_id: z.string(),
  /** Where its events and exchanges are kept. */
  run_id: z.string(),
  agent_id: z.string(),
  ref: z.string(),
  port: z.int(),
  aid: z.string(),
  did: z.string(),
  origin: z.string(),
  manifest_url: z.string(),
  handshake_url: z.string(),
  did_document_url: z.string(),
})
export type HostedAgent = z.infer<typeof HostedAgent>

export const HostedAgentRef = z.strictObject({ hosted_id: z.string() })

/** `POST /hosted-agents/{id}/resolve-and-handshake`; no grants means everything the peer offers. */
export const ResolveAndHandshake = HostedAgentRef.extend({
  peer_did: z.string(),
  requested_grants: z.array(z.string()).optional(),
})
export type ResolveAndHandshake = z.infer<typeof ResolveAndHandshake>

export const FederatedTrust = z.object({
  trust: z.literal('established'),
  peer_did: z.string(),
  resolved_manifest_url: z.string(),
  peer_origin: z.string(),
  peer_base_url: z.string(),
  grants: z.array(z.string()),
  peer_aid: z.string(),
  peer_port: z.int(),
  session_id: z.string(),
  jti: z.string(),
})
export type FederatedTrust = z.infer<typeof FederatedTrust>

/** `POST /hosted-agents/{id}/invoke`: calls a peer that a handshake was made with. */
export const InvokeFederated = HostedAgentRef.extend({
  /** Which peer; older clients name it by its port, which peers may share. */
  peer_aid: z.string().optional(),
  peer_port: z.int().optional(),
  /** Must be the one of the handshake. */
  peer_base_url: z.url().optional(),
  capability: z.string().min(1),
  payload: z.unknown().optional(),
}).refine(({ peer_aid, peer_port }) => peer_aid !== undefined || peer_port !== undefined, {
  path: ['peer_aid'],
  message: 'a call names its peer by `peer_aid`, or by `peer_port`',
})
export type InvokeFederated = z.infer<typeof InvokeFederated>
