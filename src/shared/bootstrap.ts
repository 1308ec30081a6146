import { z } from 'zod'

/**
 * What a worker is told when it starts: a file of mode 0600 named by `AITP_BOOTSTRAP_FILE`, removed once read.
 * Keys follow the ecosystem's worker contract; `secrets` is ours.
 */
export const Bootstrap = z.object({
  run_id: z.string(),
  agent_id: z.string(),
  /** 0 lets the system choose; the ready line tells which. */
  port: z.int().min(0).max(65535),
  aitp: z.object({
    seed_hex: z.string().regex(/^[0-9a-f]{64}$/),
    display_name: z.string().min(1).max(128),
    offered_caps: z.array(z.string().regex(/^\S+$/)),
    ttl_secs: z.int().positive(),
    signing_suite: z.enum(['ed25519', 'p256']),
    identity_type: z.enum(['pinned_key', 'oidc']),
  }),
  playground: z.object({ telemetry_url: z.url(), run_id: z.string() }),
  secrets: z.object({ admin: z.string().min(32), telemetry: z.string().min(32) }),
  inputs: z.record(z.string(), z.unknown()),
})
export type Bootstrap = z.infer<typeof Bootstrap>

/** The line on stdout that says a worker listens; it comes over a private pipe, so its AID is the pin. */
export const readyLine = /^AITP_AGENT_READY aid=(?<aid>aid:pubkey:\S+) port=(?<port>\d{1,5})$/
