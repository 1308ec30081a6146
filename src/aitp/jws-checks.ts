import { type Aid, isAid } from './aid.ts'
import { describe } from './describe.ts'
import type { Engine } from './engine.ts'
import {
  type CompactJws,
  jwsAlgorithmOf,
  parsePayload,
  splitJws,
  type TokenTyp,
  type UnverifiedJws,
  verifyJws,
} from './jws.ts'
import type { Ladder } from './ladder.ts'
import type { JsonObject } from './strict-json.ts'

/** The kinds of token that share the steps below; ids of their checks begin with this. */
export type TokenKind = 'tct' | 'voucher' | 'delegation' | `chain.${number}`

export function requireStructure<Kind extends TokenKind>(
  engine: Engine,
  ladder: Ladder<`${Kind}.structure`>,
  token: string,
  kind: Kind,
  maxLength?: number,
): UnverifiedJws {
  const jws = splitJws(engine, token, maxLength)
  if (typeof jws === 'string')
    return ladder.refuse(`${kind}.structure`, { expected: 'a compact JWS', actual: jws })
  ladder.pass(`${kind}.structure`)
  return jws
}

export function requireTyp<Kind extends TokenKind>(
  ladder: Ladder<`${Kind}.typ`>,
  { header }: UnverifiedJws,
  kind: Kind,
  expected: TokenTyp,
): void {
  if (header.typ !== expected) ladder.refuse(`${kind}.typ`, { expected, actual: describe(header.typ) })
  ladder.pass(`${kind}.typ`, () => ({ expected, actual: header.typ }))
}

/** The AID whose key decides: the expected issuer, else the one the token claims, which is not believed by that. */
export function requireSigner<Kind extends TokenKind>(
  engine: Engine,
  ladder: Ladder<`${Kind}.signer`>,
  jws: UnverifiedJws,
  kind: Kind,
  expectedIssuer: Aid | undefined,
): Aid {
  const signer = expectedIssuer ?? claimedIssuer(engine, jws)
  if (signer === undefined)
    return ladder.refuse(`${kind}.signer`, { expected: 'an AID in iss', actual: 'none' })
  ladder.pass(`${kind}.signer`, () => ({ expected: expectedIssuer ?? 'an AID in iss', actual: signer }))
  return signer
}

/** The `iss` of a token that nothing has verified yet. */
export function claimedIssuer(engine: Engine, jws: UnverifiedJws): Aid | undefined {
  try {
    const { iss } = parsePayload(engine, jws)
    return typeof iss === 'string' && isAid(engine, iss) ? iss : undefined
  } catch {
    return undefined
  }
}

export function requireAlgorithm<Kind extends TokenKind>(
  ladder: Ladder<`${Kind}.alg`>,
  { header }: UnverifiedJws,
  kind: Kind,
  signer: Aid,
): void {
  const expected = jwsAlgorithmOf(signer)
  if (header.alg !== expected) ladder.refuse(`${kind}.alg`, { expected, actual: describe(header.alg) })
  ladder.pass(`${kind}.alg`, () => ({ expected, actual: header.alg }))
}

export function requireSignature<Kind extends TokenKind>(
  engine: Engine,
  ladder: Ladder<`${Kind}.signature`>,
  jws: UnverifiedJws,
  kind: Kind,
  signer: Aid,
): CompactJws {
  const token = verifyJws(engine, jws, signer)
  if (token === undefined) {
    return ladder.refuse(`${kind}.signature`, { expected: `signed by ${signer}`, actual: 'does not verify' })
  }
  ladder.pass(`${kind}.signature`, () => ({ expected: `signed by ${signer}`, actual: 'verifies' }))
  return token
}

export function requirePayload<Kind extends TokenKind>(
  engine: Engine,
  ladder: Ladder<`${Kind}.claims`>,
  jws: UnverifiedJws,
  kind: Kind,
): JsonObject {
  try {
    return parsePayload(engine, jws)
  } catch (cause) {
    return ladder.refuse(`${kind}.claims`, { expected: 'a strict JSON object', actual: String(cause), cause })
  }
}
