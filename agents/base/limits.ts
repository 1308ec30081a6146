const kibibyte = 1024

/** What an agent takes and waits for at most (protocol.md §23.1). Bytes and milliseconds. */
export const limits = {
  headerBytes: 16 * kibibyte,
  /** Requests of one source to the routes of the protocol: how many within how long. */
  rate: { most: 120, windowMs: 60_000, mostKeys: 10_000 },
  /** Reading one whole request, header and body. */
  requestReadMs: 5_000,
  /** How often it is looked whether that has passed. */
  requestCheckMs: 500,
  /** A request to a peer, from the name service to the last byte of the answer. */
  clientRequestMs: 10_000,
  /** A call of a peer's capability, which may have to generate a text. */
  capabilityCallMs: 120_000,
  responseBytes: 256 * kibibyte,
  jsonDepth: 32,
  body: {
    handshake: 64 * kibibyte,
    renewal: 64 * kibibyte,
    /** A delegation with its chain has up to 64 KiB. */
    redemption: 80 * kibibyte,
    /** Above what the gate admits, so that the gate decides and says so; beyond this nothing is read at all. */
    capability: 256 * kibibyte,
    /** From the host only; holds session bundles. */
    admin: 1024 * kibibyte,
  },
  /** What the gate admits. */
  capabilityPayload: 64 * kibibyte,
  capabilityCalls: 16,
  pendingHandshakes: 1_000,
  rememberedMessages: 100_000,
  rememberedManifests: 1_000,
  issuedTokens: 100_000,
  waitingChallenges: 1_000,
  cachedTokens: 256,
} as const
