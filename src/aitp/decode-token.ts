import { decodeBase64url } from './base64url.ts'
import type { Engine } from './engine.ts'
import { type JsonObject, parseStrictJsonObject } from './strict-json.ts'

/** What the header `typ` of a token says it is. */
export type TokenKind = 'tct' | 'grant_voucher' | 'delegation' | 'jwt' | 'unknown'

/** A token taken apart to be looked at. Nothing in it is verified. */
export interface DecodedToken {
  readonly kind: TokenKind
  readonly header: JsonObject
  readonly claims: JsonObject
}

const KINDS: ReadonlyMap<string, TokenKind> = new Map([
  ['aitp-tct+jwt', 'tct'],
  ['aitp-grant+jwt', 'grant_voucher'],
  ['aitp-delegation+jwt', 'delegation'],
])

const MAX_LENGTH = 64 * 1024

/** For display only: `null` when the text is no compact JWS at all. */
export function decodeToken(engine: Engine, token: string): DecodedToken | null {
  const [header, claims, signature, ...more] = token.split('.')
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) return null
  const decodedHeader = decodeSegment(engine, header)
  const decodedClaims = decodeSegment(engine, claims)
  if (decodedHeader === undefined || decodedClaims === undefined) return null
  const { typ } = decodedHeader
  return { kind: kindOf(typ), header: decodedHeader, claims: decodedClaims }
}

/** Other tokens name their type in any case, or not at all. */
function kindOf(typ: JsonObject[string] | undefined): TokenKind {
  if (typ === undefined) return 'jwt'
  if (typeof typ !== 'string') return 'unknown'
  return KINDS.get(typ) ?? (typ.toLowerCase() === 'jwt' ? 'jwt' : 'unknown')
}

function decodeSegment(engine: Engine, segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment)
  const text = bytes === undefined ? undefined : engine.utf8Decode(bytes)
  if (text === undefined) return undefined
  try {
    return parseStrictJsonObject(text, { maxLength: MAX_LENGTH, fractions: 'anywhere' })
  } catch {
    return undefined
  }
}
