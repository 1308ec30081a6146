import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { isAcceptableEd25519Point } from './ed25519-precheck.ts'
import type { Engine } from './engine.ts'
import { AitpError, type ErrorCode } from './errors.ts'

declare const aidBrand: unique symbol

/** An agent identifier: the public key itself, in one of its three textual forms, checked by {@link parseAid}. */
export type Aid = string & { readonly [aidBrand]: true }

export type AidAlgorithm = 'ed25519' | 'p256'

/** The key inside an AID. */
export interface AidKey {
  readonly algorithm: AidAlgorithm
  /** Ed25519: 32 bytes. P-256: the 33 bytes of the SEC1 compressed point. */
  readonly bytes: Uint8Array
}

const FORM = /^aid:pubkey:(?:(?:ed25519:)?([A-Za-z0-9_-]{43})|p256:([A-Za-z0-9_-]{44}))$/

/** Parses an AID that came from outside. `code` is that of the artifact it stands in. */
export function parseAid(engine: Engine, text: string, code: ErrorCode = 'INVALID_ENVELOPE'): Aid {
  if (!isAid(engine, text)) {
    throw new AitpError(code, `not an AID: ${text.slice(0, 80)}`, {
      expected: 'an AID',
      actual: text.slice(0, 80),
    })
  }
  return text
}

/** Whether the text is an AID with a usable key: canonical encoding, no small-order point, a P-256 point on the curve. */
export function isAid(engine: Engine, text: string): text is Aid {
  if (engine.knownKeys?.get(text) !== undefined) return true
  const key = readKey(text)
  if (key === undefined || !isUsable(engine, key)) return false
  engine.knownKeys?.set(text, key)
  return true
}

function isUsable(engine: Engine, { algorithm, bytes }: AidKey): boolean {
  return algorithm === 'ed25519' ? isAcceptableEd25519Point(bytes) : engine.p256Point(bytes) !== undefined
}

/** The AID of a public key, in the form this implementation publishes: untagged for Ed25519. */
export function aidOf(engine: Engine, algorithm: AidAlgorithm, publicKey: Uint8Array): Aid {
  const identifier = encodeBase64url(publicKey)
  return parseAid(
    engine,
    algorithm === 'ed25519' ? `aid:pubkey:${identifier}` : `aid:pubkey:p256:${identifier}`,
  )
}

export function aidKey(aid: Aid, engine?: Engine): AidKey {
  const key = engine?.knownKeys?.get(aid) ?? readKey(aid)
  if (key === undefined) throw new TypeError(`not an AID: ${aid}`)
  return key
}

export function aidAlgorithm(aid: Aid): AidAlgorithm {
  return aid.startsWith('aid:pubkey:p256:') ? 'p256' : 'ed25519'
}

/** The base64url text of the key inside the AID, as `public_key` members carry it. */
export function aidIdentifier(aid: Aid): string {
  return aid.slice(aid.lastIndexOf(':') + 1)
}

/**
 * Whether two AIDs name the same key. Only for trust stores and caches, where `aid:pubkey:x` and
 * `aid:pubkey:ed25519:x` are one key; inside an artifact AIDs are compared as the texts that were signed.
 */
export function isSameKey(left: Aid, right: Aid): boolean {
  return left.replace(':ed25519:', ':') === right.replace(':ed25519:', ':')
}

function readKey(text: string): AidKey | undefined {
  const [, ed25519, p256] = FORM.exec(text) ?? []
  const bytes = decodeBase64url(ed25519 ?? p256 ?? '')
  if (bytes === undefined || bytes.length === 0) return undefined
  return { algorithm: ed25519 === undefined ? 'p256' : 'ed25519', bytes }
}
