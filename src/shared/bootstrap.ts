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
    oidc_issuer: z.url().nullable().default(null),
    oidc_subject: z.string().nullable().default(null),
    /** Serve a DID document under this host; on a loopback name the port is replaced by the one that is listened on. */
    did_web_host: z.string().nullable().default(null),
    did_web_scheme: z.enum(['http', 'https']).default('http'),
    /** Where peers reach this worker, when that is not where it listens: behind a tap or a public name. */
    public_origin: z.url().nullable().default(null),
    /** Whether a presented token needs a proof of possession. */
    pop: z.enum(['off', 'required']).default('off'),
    /** Whether a redeemed delegation comes with a voucher. */
    onward_delegation: z.boolean().default(false),
    /** More than 1 accepts delegations that carry a chain of hops. */
    max_delegation_hops: z.int().min(1).default(1),
  }),
  /** Absent: no Control Plane, and local revocation only. */
  cp: z
    .object({
      base_url: z.url(),
      api_key: z.string().nullable().default(null),
      /** Who must have signed its revocation list; without it no list is used. */
      aid: z.string().nullable().default(null),
      /** Set where somebody chose: then a stale list counts for capability calls too. */
      fail_mode: z.enum(['fail_closed', 'soft_fail']).optional(),
      max_staleness_secs: z.int().positive().default(300),
      /** Somebody set that age: then nothing is redeemed by an older list, also where nobody chose a fail mode. */
      refuse_stale: z.boolean().default(false),
      poll_secs: z.int().positive().default(60),
      /** What one request to it may take. */
      timeout_ms: z.int().positive().default(5_000),
    })
    .optional(),
  /** The mock issuer of this run, whose key is no secret among its agents; absent without OIDC agents. */
  oidc: z
    .object({
      issuer_url: z.url(),
      kid: z.string(),
      public_jwk: z.record(z.string(), z.unknown()),
      /** Only for agents that are OIDC themselves. */
      private_seed_b64: z.string().optional(),
    })
    .optional(),
  playground: z.object({ telemetry_url: z.url(), run_id: z.string() }),
  secrets: z.object({ admin: z.string().min(32), telemetry: z.string().min(32) }),
  inputs: z.record(z.string(), z.unknown()),
})
export type Bootstrap = z.infer<typeof Bootstrap>
/** As it is written: what has a default may be left out. */
export type BootstrapFile = z.input<typeof Bootstrap>

/** The line on stdout that says a worker listens; it comes over a private pipe, so its AID is the pin. */
export const readyLine = /^AITP_AGENT_READY aid=(?<aid>aid:pubkey:\S+) port=(?<port>\d{1,5})$/
