import type { Aid } from '../aid.ts'
import { parseAid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import {
  aid,
  anyObject,
  anyString,
  capabilities,
  closedObject,
  digestText,
  type Fault,
  integerFrom,
  shapeFor,
  uuid,
} from '../shape.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'

/** The claims of a TCT (RFC-AITP-0005 §2). */
export interface TctClaims {
  readonly ver: string
  readonly jti: string
  /** The agent that grants. */
  readonly iss: Aid
  /** The holder. */
  readonly sub: Aid
  readonly aud: Aid
  readonly iat: number
  readonly exp: number
  readonly grants: readonly string[]
  /** Thumbprint of the key in `sub`. */
  readonly cnf: { readonly jkt: string }
  readonly ext?: JsonObject
}

/** What a proof of possession is about: a token, who asks for the proof, and whose key has to sign. */
export type ProvableClaims = Pick<TctClaims, 'jti' | 'iss' | 'sub' | 'cnf'>

/** The claims of a grant voucher (RFC-AITP-0005 §8): the issuer's permission for the holder to delegate. */
export interface VoucherClaims {
  readonly ver: string
  readonly iss: Aid
  readonly sub: Aid
  readonly grants: readonly string[]
  readonly iat: number
  readonly exp: number
  /** `jti` of the TCT it was minted with. */
  readonly src_jti: string
  readonly ext?: JsonObject
}

export const tctShape = shapeFor((engine) => {
  return {
    required: {
      ver: anyString,
      jti: uuid,
      iss: aid(engine),
      sub: aid(engine),
      aud: aid(engine),
      iat: integerFrom(0),
      exp: integerFrom(1),
      grants: capabilities,
      cnf: closedObject({ required: { jkt: digestText }, optional: {} }),
    },
    optional: { ext: anyObject },
  }
})

export const voucherShape = shapeFor((engine) => {
  return {
    required: {
      ver: anyString,
      iss: aid(engine),
      sub: aid(engine),
      grants: capabilities,
      iat: integerFrom(0),
      exp: integerFrom(1),
      src_jti: uuid,
    },
    optional: { ext: anyObject },
  }
})

/** What a shape alone cannot say: that `exp` is after `iat`. */
export function lifetimeFault(claims: JsonObject): Fault | undefined {
  const { iat, exp } = claims
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp > iat) return undefined
  return { member: 'exp', expected: `after iat ${iat}`, actual: String(exp) }
}

export function emptyGrantsFault({ grants }: JsonObject): Fault | undefined {
  if (!Array.isArray(grants) || grants.length > 0) return undefined
  return { member: 'grants', expected: 'at least one', actual: 'none' }
}

/** Reads claims that have passed {@link tctShape}. */
export function readTctClaims(engine: Engine, claims: JsonObject): TctClaims {
  const { cnf } = claims
  return {
    ver: String(claims['ver']),
    jti: String(claims['jti']),
    iss: parseAid(engine, String(claims['iss'])),
    sub: parseAid(engine, String(claims['sub'])),
    aud: parseAid(engine, String(claims['aud'])),
    iat: Number(claims['iat']),
    exp: Number(claims['exp']),
    grants: strings(claims['grants']),
    cnf: { jkt: isJsonObject(cnf) ? String(cnf['jkt']) : '' },
    ...extension(claims),
  }
}

/** Reads claims that have passed {@link voucherShape}. */
export function readVoucherClaims(engine: Engine, claims: JsonObject): VoucherClaims {
  return {
    ver: String(claims['ver']),
    iss: parseAid(engine, String(claims['iss'])),
    sub: parseAid(engine, String(claims['sub'])),
    grants: strings(claims['grants']),
    iat: Number(claims['iat']),
    exp: Number(claims['exp']),
    src_jti: String(claims['src_jti']),
    ...extension(claims),
  }
}

/** The items of an array that has passed its shape. */
export function strings(value: JsonObject[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** The claim `ext`, when there is one. */
export function extension({ ext }: JsonObject): { readonly ext?: JsonObject } {
  return isJsonObject(ext) ? { ext } : {}
}
