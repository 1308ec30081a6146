import { type Jwk, parseJwks } from '../../../aitp/index.ts'
import { issuerJwks } from '../minter/keys.ts'
import type { Params } from '../params.ts'
import type { Session } from '../session.ts'

/**
 * The keys of an identity provider: those that came beside the fixture; from a runner that sends none, the key that
 * is derived from the issuer's URL, as the runners of the suite have it.
 */
export function issuerKeysOf(params: Params, issuer: string, { engine, aitp }: Session): readonly Jwk[] {
  const given = params.optionalObject('issuer_jwks')
  const jwks = given?.has(issuer) ? given.json(issuer) : JSON.stringify(issuerJwks(engine, aitp, issuer))
  return parseJwks(jwks)
}
