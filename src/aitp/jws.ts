import type { AgentKey } from './agent-key.ts'
import { type Aid, type AidAlgorithm, aidAlgorithm, aidKey } from './aid.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { asciiBytes } from './bytes.ts'
import type { Engine } from './engine.ts'
import { canonicalize } from './jcs.ts'
import { verifyRaw } from './signature.ts'
import { type JsonObject, parseStrictJsonObject } from './strict-json.ts'

declare const compactJwsBrand: unique symbol

/** A token of three strict segments whose signature this library made or verified. Kept exactly as it came. */
export type CompactJws = string & { readonly [compactJwsBrand]: true }

const tokenTyps = ['aitp-tct+jwt', 'aitp-grant+jwt', 'aitp-delegation+jwt'] as const
/** The header `typ` of each kind of token; compared exactly. */
export type TokenTyp = (typeof tokenTyps)[number]

/** A token taken apart, with nothing believed yet. */
export interface UnverifiedJws {
  readonly text: string
  readonly header: { readonly alg: string; readonly typ: string }
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

export const MAX_TOKEN_LENGTH = 16 * 1024
/** Of a delegation token, which may carry the whole chain before it. */
export const MAX_CHAIN_LENGTH = 64 * 1024

const ALGORITHM_NAMES: Readonly<Record<AidAlgorithm, string>> = { ed25519: 'EdDSA', p256: 'ES256' }

/** The first segments that minting produces, with what is in them. */
const USUAL_HEADERS: ReadonlyMap<string, UnverifiedJws['header']> = new Map(
  Object.values(ALGORITHM_NAMES).flatMap((alg) =>
    tokenTyps.map((typ) => [encodeBase64url(asciiBytes(headerText(alg, typ))), { alg, typ }] as const),
  ),
)

/** The only `alg` a token of this signer may name. The header never chooses. */
export function jwsAlgorithmOf(signer: Aid): string {
  return ALGORITHM_NAMES[aidAlgorithm(signer)]
}

/** Signs claims as a compact JWS: the header with its two members in this order, the payload canonical. */
export function mintJws(engine: Engine, key: AgentKey, typ: TokenTyp, claims: object): CompactJws {
  const header = headerText(ALGORITHM_NAMES[key.algorithm], typ)
  const payload = engine.utf8Encode(canonicalize(claims))
  const signed = `${encodeBase64url(asciiBytes(header))}.${encodeBase64url(payload)}`
  return `${signed}.${encodeBase64url(key.sign(asciiBytes(signed)))}` as CompactJws
}

function headerText(alg: string, typ: TokenTyp): string {
  return `{"alg":"${alg}","typ":"${typ}"}`
}

/** Takes a token apart. A text says what is wrong with its structure. */
export function splitJws(engine: Engine, text: string, maxLength = MAX_TOKEN_LENGTH): UnverifiedJws | string {
  if (text.length > maxLength) return `longer than ${maxLength} characters`
  const segments = text.split('.')
  if (segments.length !== 3) return `${segments.length} segments`
  const [headerSegment = '', ...others] = segments
  const [payload, signature] = others.map(decodeBase64url)
  const header = USUAL_HEADERS.get(headerSegment) ?? readHeader(engine, headerSegment)
  if (typeof header === 'string') return header
  if (payload === undefined || payload.length === 0) return 'payload is not strict base64url'
  if (signature === undefined || signature.length === 0) return 'signature is not strict base64url'
  return { text, header, payload, signature }
}

/** The claims of a token. Throws `StrictJsonError`. */
export function parsePayload(engine: Engine, jws: UnverifiedJws): JsonObject {
  return parseStrictJsonObject(engine.utf8Decode(jws.payload) ?? '', { maxLength: MAX_CHAIN_LENGTH })
}

/** The token as what it is now known to be, `undefined` when the signature over the received characters fails. */
export function verifyJws(engine: Engine, jws: UnverifiedJws, signer: Aid): CompactJws | undefined {
  const signed = engine.utf8Encode(jws.text.slice(0, jws.text.lastIndexOf('.')))
  const verifies = verifyRaw(engine, aidKey(signer, engine), signed, jws.signature)
  return verifies ? (jws.text as CompactJws) : undefined
}

/** Any other spelling of a header: in another order, with white space, or wrong. */
function readHeader(engine: Engine, segment: string): UnverifiedJws['header'] | string {
  const bytes = decodeBase64url(segment)
  if (bytes === undefined || bytes.length === 0) return 'header is not strict base64url'
  const members = parseHeaderJson(engine, bytes)
  if (members === undefined) return 'header is not a strict JSON object'
  const { alg, typ, ...others } = members
  if (typeof alg !== 'string' || typeof typ !== 'string') return 'header without the strings alg and typ'
  const [other] = Object.keys(others)
  return other === undefined ? { alg, typ } : `header member ${other.slice(0, 80)}`
}

function parseHeaderJson(engine: Engine, bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseStrictJsonObject(engine.utf8Decode(bytes) ?? '', { maxLength: MAX_TOKEN_LENGTH })
  } catch {
    return undefined
  }
}
