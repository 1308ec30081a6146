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

export const claimMeanings: Record<string, string> = {
  ver: 'protocol version',
  jti: 'id of the token',
  iss: 'issued by',
  sub: 'held by',
  aud: 'meant for',
  iat: 'issued at',
  nbf: 'not before',
  exp: 'expires at',
  grants: 'what the holder may call at the issuer',
  cnf: 'bound to the key with this thumbprint',
  src_jti: 'the TCT it belongs to',
  ext: 'extensions',
  nonce: 'proves freshness',
  scope: 'what is delegated',
}

/** Claims that are times in Unix seconds. */
export const timeClaims = ['iat', 'nbf', 'exp']
