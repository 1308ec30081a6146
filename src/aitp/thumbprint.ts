import { type Aid, aidKey } from './aid.ts'
import { encodeBase64url } from './base64url.ts'
import { asciiBytes } from './bytes.ts'
import type { Engine } from './engine.ts'

/** The RFC 7638 thumbprint of the key inside an AID, as `cnf.jkt` carries it. */
export function thumbprint(engine: Engine, aid: Aid): string {
  const known = engine.knownKeys?.get(aid)
  if (known?.thumbprint !== undefined) return known.thumbprint
  const text = encodeBase64url(engine.sha256(asciiBytes(canonicalJwk(engine, aid))))
  if (known !== undefined) known.thumbprint = text
  return text
}

/** The required members of the JWK, in the order and without the whitespace that RFC 7638 hashes. */
export function canonicalJwk(engine: Engine, aid: Aid): string {
  const { algorithm, bytes } = aidKey(aid, engine)
  if (algorithm === 'ed25519') return `{"crv":"Ed25519","kty":"OKP","x":"${encodeBase64url(bytes)}"}`
  const point = engine.p256Point(bytes)
  if (point === undefined) throw new TypeError(`${aid} is not on the curve`)
  return `{"crv":"P-256","kty":"EC","x":"${encodeBase64url(point.x)}","y":"${encodeBase64url(point.y)}"}`
}
