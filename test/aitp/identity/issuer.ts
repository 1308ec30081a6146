import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { AgentKey, Aid, IdentityTokenRequest, Jwk } from '../../../src/aitp/index.ts'
import { aitp, b64u, T0 } from '../fixtures.ts'

export const ISSUER = 'https://idp.example.com'

/** An OIDC issuer with one key: what it publishes, and the tokens it makes. */
export interface Issuer {
  readonly jwk: Jwk
  token(claims: object, header?: object): string
}

function issuerOf(alg: string, kid: string, key: KeyObject, publicKey: KeyObject): Issuer {
  const { kty = '', ...members } = publicKey.export({ format: 'jwk' })
  const { crv, x, y, n, e } = members
  return {
    jwk: { kty, kid, crv, x, y, n, e },
    token(claims, header = {}) {
      const signed = `${b64u(JSON.stringify({ alg, typ: 'JWT', kid, ...header }))}.${b64u(JSON.stringify(claims))}`
      const options = { key, dsaEncoding: 'ieee-p1363' } as const
      const signature = sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(signed), options)
      return `${signed}.${b64u(signature)}`
    },
  }
}

const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })

export const issuers = {
  EdDSA: issuerOf('EdDSA', 'ed', ed25519.privateKey, ed25519.publicKey),
  ES256: issuerOf('ES256', 'ec', p256.privateKey, p256.publicKey),
  RS256: issuerOf('RS256', 'rsa', rsa.privateKey, rsa.publicKey),
} as const

export const weakIssuer = issuerOf('RS256', 'short', shortRsa.privateKey, shortRsa.publicKey)

/** The same RSA key asked for a scheme that no identity token may use. */
export const pssIssuer = issuerOf(
  'PS256',
  'rsa',
  createPrivateKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  rsa.publicKey,
)

export const keySet: readonly Jwk[] = Object.values(issuers).map(({ jwk }) => jwk)

/** The claims of a token for one handshake. */
export function tokenClaims(subject: string, presenter: AgentKey, audience: Aid, nonce: string, now = T0) {
  return {
    iss: ISSUER,
    sub: subject,
    aud: audience as string | readonly string[],
    iat: now,
    exp: now + 300,
    nonce,
    cnf: { jkt: aitp.thumbprint(presenter.aid) },
  }
}

/** What an agent hands to its party: a token of this issuer for whatever handshake is asked about. */
export function minting(issuer: Issuer, subject: string) {
  return ({ audience, nonce, jkt, now }: IdentityTokenRequest) =>
    issuer.token({ iss: ISSUER, sub: subject, aud: audience, iat: now, exp: now + 300, nonce, cnf: { jkt } })
}
