import { type AgentKey, type Aitp, canonicalize, type Engine } from '../../../aitp/index.ts'
import { MintError } from './placeholders.ts'

/** The clock of the suite. */
export const NOW = 1711900000

/** The published test keys 001 to 006 but the fifth: seeds of Ed25519. */
const seeds: readonly ((index: number) => number)[] = [
  () => 0x00,
  (index) => index,
  () => 0xff,
  () => 0x01,
  () => 0xaa,
]

/** Key 005: a scalar of P-256. */
const p256Scalar = new Uint8Array(32).fill(5)

/** Whoever may have signed something in a fixture. The keys are public; nothing may ever trust them. */
export class KeyRing {
  readonly #engine: Engine
  readonly #aitp: Aitp
  readonly #byAid: ReadonlyMap<string, AgentKey>

  constructor(engine: Engine, aitp: Aitp) {
    this.#engine = engine
    this.#aitp = aitp
    const keys = [
      ...seeds.map((byteAt) => aitp.agentKey(Uint8Array.from({ length: 32 }, (_, index) => byteAt(index)))),
      aitp.p256AgentKey(p256Scalar),
    ]
    this.#byAid = new Map(keys.map((key) => [key.aid, key]))
  }

  of(aid: unknown): AgentKey {
    const key = this.#byAid.get(String(aid))
    if (key === undefined) throw new MintError(`no published key signs as ${String(aid)}`)
    return key
  }

  ofIssuer(url: string): AgentKey {
    return issuerKey(this.#engine, this.#aitp, url)
  }

  jwksOf(url: string): IssuerJwks {
    return issuerJwks(this.#engine, this.#aitp, url)
  }

  thumbprint(key: AgentKey): string {
    return this.#aitp.thumbprint(key.aid)
  }

  sha256(input: string | Uint8Array): Uint8Array {
    return this.#engine.sha256(typeof input === 'string' ? this.#engine.utf8Encode(input) : input)
  }

  canonicalBytes(value: unknown): Uint8Array {
    return this.#engine.utf8Encode(canonicalize(value))
  }
}

export function toBase64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url')
}

export function fromBase64url(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64url'))
}

/** A key set as an identity provider serves it. */
export interface IssuerJwks {
  readonly keys: readonly Readonly<Record<string, string>>[]
}

export function issuerJwks(engine: Engine, aitp: Aitp, url: string): IssuerJwks {
  const x = toBase64url(issuerKey(engine, aitp, url).publicKey)
  return { keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x }] }
}

/** The key of an identity provider: fixtures have none, so it is derived from the issuer's URL. */
function issuerKey(engine: Engine, aitp: Aitp, url: string): AgentKey {
  return aitp.agentKey(engine.sha256(engine.utf8Encode(`aitp-conformance-issuer:${url}`)))
}
