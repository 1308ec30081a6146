import {
  createHash,
  createPrivateKey,
  createPublicKey,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { type Aid, canonicalize, createAitp, type RandomBytes } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'

export const aitp = createAitp(nodeEngine)

/**
 * Artefacts put together by hand, so that a peer can be shown every form of them, the wrong ones too. Signatures are
 * made here on `node:crypto`; of the library only the canonical JSON and the reading of AIDs are used.
 */
export interface RawKey {
  readonly aid: Aid
  readonly algorithm: 'ed25519' | 'p256'
  /** The key as an AID and `public_key` carry it. */
  readonly identifier: string
  readonly private: KeyObject
}

export function seedOf(name: string): Buffer {
  return createHash('sha256').update(`aitp interop ${name}`).digest()
}

/** Reproducible bytes that never repeat. */
export function reproducible(name: string): RandomBytes {
  let count = 0
  return (length) => {
    count += 1
    return new Uint8Array(createHash('sha256').update(`${name} ${count}`).digest().subarray(0, length))
  }
}

export function ed25519Key(seed: Buffer): RawKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const identifier = String(createPublicKey(key).export({ format: 'jwk' }).x)
  return {
    aid: aitp.parseAid(`aid:pubkey:${identifier}`),
    algorithm: 'ed25519',
    identifier,
    private: key,
  }
}

export function p256Key(scalar: Buffer): RawKey {
  const { aid } = aitp.p256AgentKey(scalar)
  const identifier = aid.slice('aid:pubkey:p256:'.length)
  const whole = ECDH.convertKey(
    Buffer.from(identifier, 'base64url'),
    'prime256v1',
    undefined,
    undefined,
    'uncompressed',
  ) as Buffer
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: whole.subarray(1, 33).toString('base64url'),
    y: whole.subarray(33).toString('base64url'),
  }
  return { aid, algorithm: 'p256', identifier, private: createPrivateKey({ key: jwk, format: 'jwk' }) }
}

/** How a digest goes through ECDSA: `hashed` once more as the message, or as the `prehashed` value itself. */
export type P256Form = 'hashed' | 'prehashed'

export interface SignOptions {
  readonly p256?: P256Form
  readonly highS?: boolean
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** A signature member over `input`, in the JCS profile. */
export function signMember(
  key: RawKey,
  input: Uint8Array,
  { p256 = 'prehashed', highS = false }: SignOptions = {},
): string {
  if (key.algorithm === 'ed25519') return sign(null, sha256(input), key.private).toString('base64url')
  // `sha256` hashes what it is given, so giving it the input signs the digest itself.
  const message = p256 === 'prehashed' ? input : sha256(input)
  const raw = sign('sha256', message, { key: key.private, dsaEncoding: 'ieee-p1363' })
  return `p256.${withS(raw, highS).toString('base64url')}`
}

/** A raw R‖S signature with S in the half that is asked for. */
export function withS(raw: Buffer, high: boolean): Buffer {
  const s = BigInt(`0x${raw.subarray(32).toString('hex')}`)
  if (s > ORDER / 2n === high) return raw
  const other = (ORDER - s).toString(16).padStart(64, '0')
  return Buffer.concat([raw.subarray(0, 32), Buffer.from(other, 'hex')])
}

/** Whether a signature member by this AID covers `input` in the given form. */
export function covers(
  aid: string,
  input: Uint8Array,
  member: string,
  form: P256Form = 'prehashed',
): boolean {
  const tagged = member.startsWith('p256.')
  const signature = Buffer.from(member.replace(/^(p256|ed25519)\./, ''), 'base64url')
  const identifier = aid.split(':').at(-1) ?? ''
  if (!tagged) {
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(identifier, 'base64url'),
    ])
    return verify(null, sha256(input), createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature)
  }
  const whole = ECDH.convertKey(
    Buffer.from(identifier, 'base64url'),
    'prime256v1',
    undefined,
    undefined,
    'uncompressed',
  ) as Buffer
  const spki = Buffer.concat([
    Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
    whole,
  ])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const message = form === 'prehashed' ? input : sha256(input)
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

export function jcs(value: unknown): Buffer {
  return Buffer.from(canonicalize(value))
}

export type Members = Record<string, unknown>

export function without(members: Members, name: string): Members {
  const { [name]: _, ...rest } = members
  return rest
}

/** A compact JWS with these claims; the header can be given as text. */
export function mintToken(key: RawKey, typ: string, claims: Members, header?: string): string {
  const alg = key.algorithm === 'p256' ? 'ES256' : 'EdDSA'
  const protectedHeader = header ?? `{"alg":"${alg}","typ":"${typ}"}`
  const signed = `${Buffer.from(protectedHeader).toString('base64url')}.${jcs(claims).toString('base64url')}`
  const signature =
    key.algorithm === 'ed25519'
      ? sign(null, Buffer.from(signed), key.private)
      : withS(sign('sha256', Buffer.from(signed), { key: key.private, dsaEncoding: 'ieee-p1363' }), false)
  return `${signed}.${signature.toString('base64url')}`
}

export function claimsOf(token: string): Members {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Members
}

/** The wire of a peer: its version value, which also decides how envelopes are signed. */
export type Wire = 'aitp/0.2' | 'aitp/0.3'

/** The bytes an envelope signature covers: four members in 0.2, everything in 0.3. */
export function envelopeInput(envelope: Members, wire: Wire): Buffer {
  if (wire === 'aitp/0.3') {
    return Buffer.concat([Buffer.from('aitp-envelope-v2\0'), jcs(without(envelope, 'signature'))])
  }
  const { message_id, timestamp, sender, payload } = envelope as {
    message_id: string
    timestamp: number
    sender: { agent_id: string }
    payload: unknown
  }
  return Buffer.from(`${message_id}|${timestamp}|${sender.agent_id}|${sha256(jcs(payload)).toString('hex')}`)
}

export function sealByHand(key: RawKey, envelope: Members, wire: Wire, options?: SignOptions): string {
  const unsigned = without(envelope, 'signature')
  return JSON.stringify({ ...unsigned, signature: signMember(key, envelopeInput(unsigned, wire), options) })
}

export interface ManifestOptions {
  readonly wire: Wire
  readonly now: number
  readonly identity?: 'pinned_key' | { readonly issuer: string }
  readonly change?: Members
  readonly sign?: SignOptions
  readonly popSign?: SignOptions
  /** Breaks what has been signed. */
  readonly spoil?: readonly ('pop' | 'signature')[]
}

const CHALLENGE = Buffer.from('aitp interop pop').subarray(0, 16)

export const subject = 'interop-ours'
export const capability = 'interop.demo.v1'

/** A manifest body, signed by hand. */
export function manifestBody(key: RawKey, options: ManifestOptions): Members {
  const { wire, now, identity = 'pinned_key', change = {}, spoil = [] } = options
  const pinned = identity === 'pinned_key'
  const body: Members = {
    version: wire,
    aid: key.aid,
    display_name: subject,
    identity_hint: pinned
      ? { type: 'pinned_key', subject, public_key: key.identifier }
      : { type: 'oidc', subject, issuer: identity.issuer },
    handshake_endpoint: 'https://ours.example/aitp/handshake/',
    accepted_trust_anchors: pinned ? [] : [identity.issuer],
    accepted_identity_types: ['pinned_key', 'oidc'],
    offered_capabilities: [capability],
    proof_of_possession: {
      challenge: CHALLENGE.toString('base64url'),
      signature: flipIf(spoil.includes('pop'), signMember(key, CHALLENGE, options.popSign ?? options.sign)),
    },
    published_at: now,
    expires_at: now + 7200,
    ...change,
  }
  const kept = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  const signature = flipIf(spoil.includes('signature'), signMember(key, jcs(kept), options.sign))
  return { ...kept, signature }
}

export function manifestText(key: RawKey, options: ManifestOptions): string {
  return JSON.stringify({ manifest: manifestBody(key, options) })
}

/** The same signature with one bit of R changed. */
export function flip(signature: string): string {
  const at = signature.length - 80
  const other = signature[at] === 'A' ? 'B' : 'A'
  return `${signature.slice(0, at)}${other}${signature.slice(at + 1)}`
}

function flipIf(condition: boolean, signature: string): string {
  return condition ? flip(signature) : signature
}

export type TimestampForm = 'decimal' | 'binary'

export interface ProofFields {
  readonly sender: string
  readonly receiver: string
  readonly messageId: string
  readonly timestamp: number
  readonly popNonce: string
}

export function proofInput(fields: ProofFields, form: TimestampForm): Buffer {
  const binary = Buffer.alloc(8)
  binary.writeBigInt64BE(BigInt(fields.timestamp))
  const time = form === 'decimal' ? Buffer.from(String(fields.timestamp)) : binary
  return Buffer.concat([
    Buffer.from(`aitp-pinned-key-v1\0${fields.sender}\0${fields.receiver}\0${fields.messageId}\0`),
    time,
    Buffer.from('\0'),
    Buffer.from(fields.popNonce, 'base64url'),
  ])
}

export interface HelloOptions {
  readonly wire: Wire
  readonly now: number
  readonly receiver: string
  readonly form?: TimestampForm
  readonly messageId?: string
  readonly timestamp?: number
  readonly version?: string
  readonly grants?: readonly string[]
  /** An OIDC identity in place of the pinned key. */
  readonly jwt?: (nonce: string) => { readonly issuer: string; readonly proof: string }
  readonly manifest?: Members
  readonly identity?: Members
  readonly payload?: Members
  readonly envelope?: Members
  readonly sign?: SignOptions
  /** Members put into the envelope after it has been signed. */
  readonly afterwards?: Members
}

let helloCount = 0

/** A MUTUAL_HELLO put together by hand. */
export function helloText(key: RawKey, options: HelloOptions): string {
  const { wire, now, receiver, form = 'decimal' } = options
  helloCount += 1
  const random = reproducible(`hello ${helloCount} ${now}`)
  const messageId = options.messageId ?? aitp.newUuid(random)
  const timestamp = options.timestamp ?? now
  const popNonce = Buffer.from(random(16)).toString('base64url')
  const fields = { sender: key.aid, receiver, messageId, timestamp, popNonce }
  const token = options.jwt?.(popNonce)
  const identity = token
    ? { type: 'oidc', subject, issuer: token.issuer, proof: token.proof }
    : {
        type: 'pinned_key',
        subject,
        public_key: key.identifier,
        proof: signMember(key, proofInput(fields, form), options.sign),
      }
  const manifest =
    options.manifest ??
    manifestBody(key, {
      wire,
      now,
      ...(token ? { identity: { issuer: token.issuer } } : {}),
      ...(options.sign ? { sign: options.sign } : {}),
    })
  const envelope = {
    version: options.version ?? wire,
    message_type: 'mutual_hello',
    message_id: messageId,
    timestamp,
    sender: { agent_id: key.aid },
    payload: {
      identity: { ...identity, ...options.identity },
      manifest,
      requested_grants: options.grants ?? ['sdk.demo.v1'],
      pop_nonce: popNonce,
      ...options.payload,
    },
    ...options.envelope,
  }
  const sealed = JSON.parse(sealByHand(key, envelope, wire, options.sign)) as Members
  return JSON.stringify({ ...sealed, ...options.afterwards })
}
