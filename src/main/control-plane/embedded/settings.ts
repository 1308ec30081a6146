/** The origins on loopback that may receive webhooks all the same, such as that of our own console (D-18). */
export interface LoopbackReceivers {
  has(origin: string): boolean
}

/** How this Control Plane behaves; 0 turns a limit off (control-plane.md §1.8, §6, §8.3, §10, §12). */
export interface Settings {
  readonly rateLimits: {
    readonly windowMs: number
    readonly enrollPerAddress: number
    readonly publicPerAddress: number
    readonly perKey: number
  }
  readonly revocationList: { readonly ttlSecs: number; readonly cacheMs: number }
  readonly webhooks: {
    readonly attempts: number
    readonly timeoutMs: number
    readonly breakerThreshold: number
    readonly breakerResetMs: number
    /** Host names that receivers must have; one that starts with a dot stands for all below it. Empty: any. */
    readonly allowlist: readonly string[]
    readonly loopbackReceivers: LoopbackReceivers
  }
  readonly stream: { readonly capacity: number; readonly heartbeatMs: number }
  readonly retentionDays: {
    readonly events: number
    readonly deliveries: number
    readonly adminAudit: number
    readonly idempotencyKeys: number
    readonly goneAgents: number
  }
  /** How long the body of a request may take to arrive. */
  readonly bodyMs: number
  /** A page of this origin may ask; `null`: none. */
  readonly corsOrigin: string | null
}

/** Limits are as the original has them, but for rates: a class of thirty shares one address. */
export const defaultSettings: Settings = {
  rateLimits: { windowMs: 60_000, enrollPerAddress: 600, publicPerAddress: 6_000, perKey: 60_000 },
  revocationList: { ttlSecs: 3_600, cacheMs: 60_000 },
  webhooks: {
    attempts: 3,
    timeoutMs: 10_000,
    breakerThreshold: 5,
    breakerResetMs: 60_000,
    allowlist: [],
    loopbackReceivers: { has: () => false },
  },
  stream: { capacity: 500, heartbeatMs: 15_000 },
  retentionDays: { events: 90, deliveries: 14, adminAudit: 365, idempotencyKeys: 7, goneAgents: 30 },
  bodyMs: 30_000,
  corsOrigin: null,
}
