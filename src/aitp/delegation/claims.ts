import { type Aid, parseAid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import {
  aid,
  anyObject,
  anyString,
  arrayOf,
  capabilities,
  closedObject,
  digestText,
  type Fault,
  integerFrom,
  opaque,
  shapeFor,
  uuid,
} from '../shape.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'
import { extension, strings } from '../tct/claims.ts'

/** The claims of a delegation token (RFC-AITP-0006): the holder of a TCT passes part of it on. */
export interface DelegationClaims {
  readonly ver: string
  /** The delegator: the holder of the voucher, or of the token before. */
  readonly iss: Aid
  /** The delegatee. */
  readonly sub: Aid
  /** The original issuer, who alone verifies. */
  readonly aud: Aid
  readonly scope: readonly string[]
  /** Unix seconds. */
  readonly exp: number
  /** Thumbprint of the key in `sub`. */
  readonly cnf: { readonly jkt: string }
  /** The issuer's permission to delegate. Of a chain only the first token has it. */
  readonly voucher?: string
  /** Multi-hop only. */
  readonly jti?: string
  /** Multi-hop only: all earlier tokens, oldest first, exactly as they were sent. */
  readonly chain?: readonly string[]
  /** Multi-hop only: the commitment to `chain`. */
  readonly chain_hash?: string
  readonly ext?: JsonObject
}

const MOST_CHAINED = 32

export const delegationShape = shapeFor((engine) => {
  return {
    required: {
      ver: anyString,
      iss: aid(engine),
      sub: aid(engine),
      aud: aid(engine),
      scope: capabilities,
      exp: integerFrom(1),
      cnf: closedObject({ required: { jkt: digestText }, optional: {} }),
    },
    optional: {
      voucher: opaque,
      jti: uuid,
      chain: arrayOf(opaque, MOST_CHAINED),
      chain_hash: digestText,
      ext: anyObject,
    },
  }
})

export function emptyScopeFault({ scope }: JsonObject): Fault | undefined {
  if (!Array.isArray(scope) || scope.length > 0) return undefined
  return { member: 'scope', expected: 'at least one', actual: 'none' }
}

/** A commitment without what it commits to. */
export function strayHashFault({ chain, chain_hash }: JsonObject): Fault | undefined {
  if (chain !== undefined || chain_hash === undefined) return undefined
  return { member: 'chain_hash', expected: 'absent without chain', actual: 'present' }
}

/** A single hop has no id. */
export function strayJtiFault({ jti }: JsonObject): Fault | undefined {
  if (jti === undefined) return undefined
  return { member: 'jti', expected: 'absent while multi-hop delegation is off', actual: 'present' }
}

/** Reads claims that have passed {@link delegationShape}. */
export function readDelegationClaims(engine: Engine, claims: JsonObject): DelegationClaims {
  const { cnf, voucher, jti, chain, chain_hash } = claims
  return {
    ver: String(claims['ver']),
    iss: parseAid(engine, String(claims['iss'])),
    sub: parseAid(engine, String(claims['sub'])),
    aud: parseAid(engine, String(claims['aud'])),
    scope: strings(claims['scope']),
    exp: Number(claims['exp']),
    cnf: { jkt: isJsonObject(cnf) ? String(cnf['jkt']) : '' },
    ...(voucher === undefined ? {} : { voucher: String(voucher) }),
    ...(jti === undefined ? {} : { jti: String(jti) }),
    ...(chain === undefined ? {} : { chain: strings(chain) }),
    ...(chain_hash === undefined ? {} : { chain_hash: String(chain_hash) }),
    ...extension(claims),
  }
}
