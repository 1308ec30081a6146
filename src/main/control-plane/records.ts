import { z } from 'zod'
import { listOf } from '../../shared/bounded.ts'

/** What a Control Plane answers, as far as we read it; it writes camelCase, older ones snake_case (B-53). */

export const RegistryRecord = z
  .object({
    aid: z.string(),
    handshakeEndpoint: z.url().optional(),
    handshake_endpoint: z.url().optional(),
  })
  .transform(({ aid, handshakeEndpoint, handshake_endpoint }) => ({
    aid,
    handshakeEndpoint: handshakeEndpoint ?? handshake_endpoint ?? null,
  }))
export type RegistryRecord = z.infer<typeof RegistryRecord>

/** The secret is shown once, here, and must not leave the host. */
export const Webhook = z.object({
  id: z.string(),
  url: z.string(),
  events: listOf(z.string(), 1_000),
  secret: z.string().nullable().default(null),
})
export type Webhook = z.infer<typeof Webhook>

export const Delegation = z.looseObject({
  jti: z.string(),
  parentJti: z.string().nullable(),
  delegator: z.string(),
  delegatee: z.string(),
})
export type Delegation = z.infer<typeof Delegation>

export const TrustAnchor = z.looseObject({ namespace: z.string(), issuerUrl: z.string() })
export type TrustAnchor = z.infer<typeof TrustAnchor>

export const PinnedKey = z.looseObject({ namespace: z.string(), aid: z.string(), pubkey: z.string() })
export type PinnedKey = z.infer<typeof PinnedKey>
