import { createHash } from 'node:crypto'
import {
  type Aid,
  type Aitp,
  isJsonObject,
  type JsonObject,
  type ProvableClaims,
} from '../../../src/aitp/index.ts'
import { delegationIdInput, hashedUuid } from '../../../src/shared/hashed-uuid.ts'
import type { DerivationLink } from '../issued-tokens.ts'

/** What a delegation token says of itself before it is verified. */
export interface DelegationDescent {
  /** Its own id; for a single hop, which must not have one, a synthetic id. */
  readonly jti: string
  /** The delegation before it, or the TCT whose voucher it rests on; `null` when it names neither. */
  readonly parentJti: string | null
  /** Every hop from this one back to the first. */
  readonly links: readonly DerivationLink[]
  /** Its issuer's issuer: the one agent that can verify it. */
  readonly audience: string
  readonly delegatee: string
  /** The UUID a proof of possession is about: its own id where it has one, else that of the TCT it rests on. */
  readonly provenJti: string | null
}

/** Reads a delegation token without verifying anything; `null` when it is none. */
export function delegationDescent(aitp: Aitp, token: string): DelegationDescent | null {
  const claims = claimsOf(aitp, token)
  if (claims === null) return null
  const { chain, aud, sub, jti: ownJti } = claims
  const earlier = Array.isArray(chain) ? chain.filter((hop) => typeof hop === 'string') : []
  const hops = [...earlier, token]
  const source = sourceOf(aitp, hops[0] ?? token)
  const ids = hops.map((hop) => textOf(claimsOf(aitp, hop)?.['jti']) ?? syntheticJti(hop))
  const links = ids
    .map((jti, index) => ({ jti, origin: index === 0 ? source : (ids[index - 1] ?? null) }))
    .filter((link): link is DerivationLink => link.origin !== null)
    .reverse()
  return {
    jti: ids.at(-1) ?? syntheticJti(token),
    parentJti: links[0]?.origin ?? null,
    links,
    audience: textOf(aud) ?? '',
    delegatee: textOf(sub) ?? '',
    provenJti: textOf(ownJti) ?? source,
  }
}

/** What the presenter of a delegation has to prove possession of, to be told by both sides from the token alone. */
export function possessionTerms(aitp: Aitp, token: string, issuer: Aid, holder: Aid): ProvableClaims | null {
  const jti = delegationDescent(aitp, token)?.provenJti ?? null
  return jti === null ? null : { jti, iss: issuer, sub: holder, cnf: { jkt: aitp.thumbprint(holder) } }
}

/** An id for a token without one, as the Control Plane makes it: a name-based UUID over the token. */
export function syntheticJti(token: string): string {
  return hashedUuid(createHash('sha1').update(delegationIdInput(token)).digest())
}

/** The `src_jti` of the voucher that only the first hop carries. */
function sourceOf(aitp: Aitp, firstHop: string): string | null {
  const voucher = textOf(claimsOf(aitp, firstHop)?.['voucher'])
  return voucher === null ? null : textOf(claimsOf(aitp, voucher)?.['src_jti'])
}

function claimsOf(aitp: Aitp, token: string): JsonObject | null {
  const claims = aitp.decodeToken(token)?.claims
  return isJsonObject(claims) ? claims : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
