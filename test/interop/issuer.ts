import { createPublicKey, type JsonWebKey, sign } from 'node:crypto'
import { clock } from './clock.ts'
import { ed25519Key, type Members, p256Key, type RawKey, seedOf, withS } from './craft.ts'

/** What an identity token has to be good for. */
export interface TokenWish {
  readonly subject: string
  readonly audience: string
  readonly nonce: string
  /** Thumbprint of the presenter's key. */
  readonly jkt: string
}

/** An OIDC issuer for both sides, without a network. */
export interface Issuer {
  readonly url: string
  readonly jwks: readonly JsonWebKey[]
  mint(wish: TokenWish, change?: TokenChange): string
}

/** What a faulty or unusual token has in place of the usual. */
export interface TokenChange {
  readonly claims?: Members
  /** In which half S of an ES256 signature lies; issuers do not choose. */
  readonly highS?: boolean
}

export function createIssuer(url: string, algorithm: 'EdDSA' | 'ES256'): Issuer {
  const seed = seedOf(`issuer ${algorithm}`)
  const key: RawKey = algorithm === 'EdDSA' ? ed25519Key(seed) : p256Key(seed)
  const kid = `interop-${algorithm}`
  const jwk: JsonWebKey = {
    ...createPublicKey(key.private).export({ format: 'jwk' }),
    kid,
    alg: algorithm,
    use: 'sig',
  }
  return {
    url,
    jwks: [jwk],
    mint({ subject, audience, nonce, jkt }, { claims: changed = {}, highS = false } = {}) {
      const now = clock()
      const header = { alg: algorithm, kid, typ: 'JWT' }
      const usual = { iss: url, sub: subject, aud: audience, iat: now, exp: now + 300, nonce, cnf: { jkt } }
      const claims = { ...usual, ...changed }
      const signed = `${encode(header)}.${encode(claims)}`
      const signature =
        algorithm === 'EdDSA'
          ? sign(null, Buffer.from(signed), key.private)
          : withS(sign('sha256', Buffer.from(signed), { key: key.private, dsaEncoding: 'ieee-p1363' }), highS)
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
