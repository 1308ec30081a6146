import { readFileSync } from 'node:fs'
import {
  type AgentKey,
  type Aid,
  AitpError,
  canonicalize,
  createAitp,
  type HandshakeParty,
  type ManifestBody,
  type RandomBytes,
  type VerifiedManifest,
} from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'

export const aitp = createAitp(nodeEngine)
export const engine = nodeEngine

/** Noon of the worked transcript. */
export const T0 = 1711900000

export function readVector<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${path}`, import.meta.url), 'utf8'))
}

export interface KeyVector {
  readonly id: string
  readonly seed_hex?: string
  readonly private_scalar_hex?: string
  readonly pubkey_b64url: string
  readonly aid: string
}

export const keyVectors = readVector<{ vectors: readonly KeyVector[] }>(
  'aitp/known-answer/keypairs.json',
).vectors

export function keyNamed(id: string): AgentKey {
  const vector = keyVectors.find((key) => key.id === id)
  if (vector?.seed_hex !== undefined) return aitp.agentKey(fromHex(vector.seed_hex))
  if (vector?.private_scalar_hex !== undefined) return aitp.p256AgentKey(fromHex(vector.private_scalar_hex))
  throw new TypeError(`no key ${id}`)
}

/** A (initiator), B (responder), C and D (delegatees), a P-256 key, and somebody whom nobody trusts. */
export const A = keyNamed('kat-keypair-001')
export const B = keyNamed('kat-keypair-002')
export const C = keyNamed('kat-keypair-003')
export const D = keyNamed('kat-keypair-004')
export const P = keyNamed('kat-keypair-005-p256')
export const ATTACKER = keyNamed('kat-keypair-006-attacker')

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function b64u(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

export function fromB64u(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

/** Hands out the given values in order, and nothing else. */
export function scripted(...values: readonly Uint8Array[]): RandomBytes {
  const rest = [...values]
  return (length) => {
    const next = rest.shift()
    if (next?.length !== length) throw new TypeError(`no ${length} random bytes are scripted here`)
    return next
  }
}

/** Reproducible bytes that never repeat. */
export function counting(start = 0): RandomBytes {
  let count = start
  return (length) => {
    count += 1
    return engine.sha256(engine.utf8Encode(`random ${count}`)).subarray(0, length)
  }
}

export function uuidBytes(uuid: string): Uint8Array {
  return fromHex(uuid.replaceAll('-', ''))
}

/** What a refusal says: `code check`. */
export function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof AitpError) return `${error.code} ${error.check}`
    throw error
  }
  return 'accepted'
}

export interface TokenOptions {
  readonly header?: string
  readonly typ?: string
  readonly alg?: string
}

/** A compact JWS with any header and any payload text, correctly signed. */
export function mintText(key: AgentKey, payload: string, { header, typ, alg }: TokenOptions = {}): string {
  const protectedHeader = header ?? JSON.stringify({ alg: alg ?? 'EdDSA', typ: typ ?? 'aitp-tct+jwt' })
  const signed = `${b64u(protectedHeader)}.${b64u(payload)}`
  return `${signed}.${b64u(key.sign(new Uint8Array(Buffer.from(signed))))}`
}

export function mint(key: AgentKey, claims: object, options?: TokenOptions): string {
  return mintText(key, JSON.stringify(claims), options)
}

export function signField(key: AgentKey, input: Uint8Array): string {
  return `${key.algorithm === 'p256' ? 'p256.' : ''}${b64u(key.sign(engine.sha256(input)))}`
}

/** Signs a manifest body afresh after a test has changed it. A member set to `undefined` is left out. */
export function resignManifest(key: AgentKey, body: object): ManifestBody {
  const kept = Object.entries(body).filter(([name, value]) => name !== 'signature' && value !== undefined)
  const signed = Object.fromEntries(kept)
  return { ...signed, signature: signField(key, engine.utf8Encode(canonicalize(signed))) } as ManifestBody
}

export interface ManifestChanges {
  readonly offers?: readonly string[]
  readonly requires?: readonly string[]
  readonly publishedAt?: number
  readonly expiresAt?: number
  readonly endpoint?: string
}

export function manifestOf(key: AgentKey, name: string, changes: ManifestChanges = {}) {
  return aitp.buildManifest(
    key,
    {
      displayName: name,
      subject: name,
      handshakeEndpoint: changes.endpoint ?? `https://${name}.example.com/aitp/handshake/`,
      offeredCapabilities: changes.offers ?? [`${name}.read`, `${name}.write`],
      ...(changes.requires === undefined ? {} : { requiredPeerCapabilities: changes.requires }),
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: changes.publishedAt ?? T0 - 1000,
      expiresAt: changes.expiresAt ?? T0 + 86400,
    },
    { randomBytes: counting() },
  )
}

export function partyOf(
  key: AgentKey,
  manifest: VerifiedManifest,
  changes: Partial<HandshakeParty> = {},
): HandshakeParty {
  return {
    key,
    manifest,
    pins: null,
    tctTtlSecs: 3600,
    issueVoucher: true,
    allowLoopbackHttp: false,
    replay: aitp.createReplayStore({ capacity: 1000 }),
    ...changes,
  }
}

export function aidText(text: string): Aid {
  return aitp.parseAid(text)
}
