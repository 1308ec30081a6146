import { isSameKey } from '../aid.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import type { Ladder } from '../ladder.ts'
import type { JsonObject, JsonValue } from '../strict-json.ts'
import { chainHash } from './chain-hash.ts'
import type { HopCheckId, HopPrefix, MultihopCheckId } from './checks.ts'
import type { DelegationClaims } from './claims.ts'
import {
  checkBinding,
  checkExpiry,
  checkHopToken,
  checkRoot,
  checkSelf,
  type DelegationPath,
  type Hop,
  type HopTerms,
} from './hop.ts'

/** The checks of RFC-AITP-0011 on a token with a chain, one token after the other, oldest first. */
export function checkChain(
  engine: Engine,
  ladder: Ladder<MultihopCheckId>,
  token: string,
  payload: JsonObject,
  terms: HopTerms,
  maxHops: number,
): DelegationPath {
  const chain = requireChain(ladder, payload['chain'])
  const total = chain.length + 2
  ladder.require('delegation.hops', total <= maxHops, () => ({
    expected: `at most ${maxHops} hops`,
    actual: `${total} hops`,
  }))
  requireChainHash(engine, ladder, 'delegation.chain_hash', chain, payload['chain_hash'])
  const hops: Hop[] = []
  let srcJti = ''
  for (const [index, text] of [...chain, token].entries()) {
    const prefix: HopPrefix = index === chain.length ? 'delegation' : `chain.${index}`
    const hop = checkHop(engine, ladder, prefix, text, terms, hops)
    const parent = hops.at(-1)
    if (parent === undefined) srcJti = checkRoot(engine, ladder, prefix, hop.claims, terms).claims.src_jti
    else checkLink(ladder, prefix, hop.claims, parent.claims)
    checkPrefix(engine, ladder, prefix, hop.claims, chain.slice(0, index))
    hops.push(hop)
  }
  const last = hops.at(-1)
  if (last === undefined) throw new TypeError('a chain has at least its own token')
  return { hops, last, srcJti }
}

function requireChain(ladder: Ladder<MultihopCheckId>, chain: JsonValue | undefined): readonly string[] {
  const items: readonly JsonValue[] = Array.isArray(chain) ? chain : []
  const tokens = items.filter((item) => typeof item === 'string')
  ladder.require('delegation.chain', tokens.length > 0 && tokens.length === items.length, () => ({
    expected: 'one token or more',
    actual: describe(chain),
  }))
  return tokens
}

function requireChainHash<Id extends string>(
  engine: Engine,
  ladder: Ladder<Id>,
  id: Id,
  chain: readonly string[],
  claimed: JsonValue | undefined,
): void {
  const computed = chainHash(engine, chain)
  ladder.require(id, claimed === computed, () => ({ expected: computed, actual: describe(claimed) }))
}

function checkHop(
  engine: Engine,
  ladder: Ladder<HopCheckId<HopPrefix>>,
  prefix: HopPrefix,
  text: string,
  terms: HopTerms,
  earlier: readonly Hop[],
): Hop {
  const hop = checkHopToken(engine, ladder, prefix, text, { selfAid: terms.selfAid, acceptsJti: true })
  const { claims } = hop
  checkSelf(ladder, prefix, claims)
  const { sub, jti } = claims
  ladder.require(
    `${prefix}.loop`,
    earlier.every((each) => !isSameKey(each.claims.sub, sub)),
    () => ({
      expected: 'a new delegatee',
      actual: sub,
    }),
  )
  checkBinding(engine, ladder, prefix, claims)
  const isNew = jti !== undefined && earlier.every((each) => each.claims.jti !== jti)
  ladder.require(`${prefix}.jti`, isNew, () => ({ expected: 'a new id', actual: jti ?? 'absent' }))
  checkExpiry(ladder, prefix, claims, terms)
  return hop
}

function checkLink(
  ladder: Ladder<HopCheckId<HopPrefix>>,
  prefix: HopPrefix,
  { voucher, iss, exp, scope }: DelegationClaims,
  parent: DelegationClaims,
): void {
  ladder.require(`${prefix}.no_voucher`, voucher === undefined, () => ({
    expected: 'no voucher',
    actual: voucher === undefined ? 'no voucher' : 'a voucher',
  }))
  ladder.require(`${prefix}.continuity`, iss === parent.sub, () => ({ expected: parent.sub, actual: iss }))
  ladder.require(`${prefix}.parent_expiry`, exp <= parent.exp, () => ({
    expected: `exp <= ${parent.exp}`,
    actual: String(exp),
  }))
  const excess = scope.filter((grant) => !parent.scope.includes(grant))
  ladder.require(`${prefix}.parent_scope`, excess.length === 0, () => ({
    expected: `among ${listOf(parent.scope)}`,
    actual: listOf(scope),
  }))
}

/** A token in the middle carries the beginning of the same chain; the first carries none. */
function checkPrefix(
  engine: Engine,
  ladder: Ladder<HopCheckId<HopPrefix>>,
  prefix: HopPrefix,
  { chain, chain_hash }: DelegationClaims,
  before: readonly string[],
): void {
  const own = chain ?? []
  // The first token has no chain, not even an empty one; any later one has all before it.
  const agrees =
    (chain === undefined) === (before.length === 0) &&
    own.length === before.length &&
    own.every((token, index) => token === before[index])
  ladder.require(`${prefix}.prefix`, agrees, () => ({
    expected: `the ${before.length} before it`,
    actual: `${own.length}`,
  }))
  if (chain === undefined) ladder.skip(`${prefix}.prefix_hash`, 'the first token has no chain')
  else requireChainHash(engine, ladder, `${prefix}.prefix_hash`, before, chain_hash)
}
