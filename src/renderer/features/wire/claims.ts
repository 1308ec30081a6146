import type { DecodedToken } from '../../../shared/exchange.ts'

export const tokenKinds: Record<DecodedToken['kind'], string> = {
  tct: 'Trust Context Token (TCT)',
  grant_voucher: 'Grant voucher',
  delegation: 'Delegation token',
  jwt: 'Signed token (JWT)',
  unknown: 'Token of an unknown kind',
}

export const headerMeanings: Record<string, string> = {
  alg: 'algorithm of the signature',
  typ: 'kind of token',
  kid: 'name of the key',
}

/** In the order in which they are read; on the wire they are sorted by name. */
export const claimMeanings: Record<string, string> = {
  iss: 'issued by',
  sub: 'held by',
  aud: 'meant for',
  grants: 'what the holder may call at the issuer',
  iat: 'issued at',
  nbf: 'not before',
  exp: 'expires at',
  jti: 'id of the token',
  src_jti: 'the TCT it belongs to',
  cnf: 'bound to the key with this thumbprint',
  ver: 'protocol version',
  ext: 'extensions',
  nonce: 'proves freshness',
  scope: 'what is delegated',
}

/** Known members first, in the order of their meanings. */
export function inReadingOrder(
  members: Record<string, unknown>,
  meanings: Record<string, string>,
): readonly (readonly [string, unknown])[] {
  const known = Object.keys(meanings)
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length)
  return Object.entries(members).sort(([one], [two]) => place(one) - place(two))
}

/** Claims that are times in Unix seconds. */
export const timeClaims = ['iat', 'nbf', 'exp']
