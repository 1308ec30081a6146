import type { EventOf, RunEvent, TokenFacts } from '../../../shared/events.ts'
import { isAlive, type Pair, type PairHistory, pairKey, type Refusal, type Token } from './trust.ts'
import { agentsByAid, askedBy } from './trust-log.ts'

/** What the log tells of tokens, whatever the time. */
export interface TrustFacts {
  /** In order of their events; none is `expired`. */
  readonly tokens: readonly Token[]
  /** By {@link pairKey}; absent where nothing was ever tried. */
  readonly pairs: ReadonlyMap<string, PairHistory>
}

type Draft<Kind> = { -readonly [Key in keyof Kind]: Kind[Key] }

/** A token under the AIDs of its time. */
type TokenDraft = Draft<Token> & { readonly issuerAid: string; readonly holderAid: string }

/**
 * Who trusts whom for what after these events. Nothing is in it that no event told: a token is its holder's when the
 * holder says that it verified it, and revoked when its accepter says so.
 */
export function trustFacts(events: readonly RunEvent[]): TrustFacts {
  const agents = agentsByAid(events)
  const agentOf = (aid: string) => agents.get(aid) ?? aid
  const tokens = new Map<string, TokenDraft>()
  const pairs = new Map<string, Draft<PairHistory>>()

  const pairOf = (pair: Pair): Draft<PairHistory> => {
    const key = pairKey(pair)
    const known = pairs.get(key) ?? { ...pair, attempt: null, refusedCall: null }
    pairs.set(key, known)
    return known
  }
  const bothWays = ({ holder, issuer }: Pair) => [
    pairOf({ holder, issuer }),
    pairOf({ holder: issuer, issuer: holder }),
  ]
  const hold = (
    { claims }: TokenFacts,
    told: Pick<Token, 'jti' | 'kind' | 'seq' | 'origin' | 'parentJti'>,
  ) => {
    const { iss, sub, aud, iat, exp, grants, scope } = claims
    if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') return
    const issuer = agentOf(iss)
    const token: TokenDraft = {
      ...told,
      holder: agentOf(sub),
      issuer,
      accepter: told.kind === 'delegation' && typeof aud === 'string' ? agentOf(aud) : issuer,
      issuerAid: iss,
      holderAid: sub,
      grants: textsOf(grants ?? scope),
      issuedAt: typeof iat === 'number' ? iat : null,
      expiresAt: exp,
      state: { kind: told.kind === 'delegation' ? 'issued' : 'valid' },
    }
    tokens.set(told.jti, token)
    if (told.kind === 'delegation') return
    const pair = pairOf(token)
    pair.attempt = null
    pair.refusedCall = null
  }

  for (const event of events) {
    const { seq } = event
    switch (event.type) {
      case 'trust.establishing':
        for (const pair of bothWays({ holder: event.initiator, issuer: event.target }))
          pair.attempt = { kind: 'pending', seq }
        break
      case 'trust.failed': {
        const refusal = failureBehind(event, events)
        for (const pair of bothWays({ holder: event.initiator, issuer: event.target }))
          if (pair.attempt) pair.attempt = { kind: 'refused', ...refusal }
        break
      }
      case 'trust.established':
        for (const pair of bothWays({ holder: event.initiator, issuer: event.target })) pair.attempt = null
        break
      case 'handshake.complete': {
        const { jti } = event.tct.claims
        if (typeof jti === 'string')
          hold(event.tct, { jti, kind: 'tct', seq, origin: 'handshake', parentJti: null })
        break
      }
      case 'delegation.issued':
        hold(event.tct, {
          jti: event.jti,
          kind: 'delegation',
          seq,
          origin: 'delegation',
          parentJti: event.parent_jti,
        })
        break
      case 'delegation.redeeming':
        pairOf({ holder: event.initiator, issuer: event.target }).attempt = { kind: 'pending', seq }
        break
      case 'delegation.redeemed': {
        const delegation = tokens.get(event.parent_jti ?? '')
        if (delegation?.state.kind === 'issued') delegation.state = { kind: 'valid' }
        if (event.role === 'delegatee' && event.tct)
          hold(event.tct, {
            jti: event.jti,
            kind: 'tct',
            seq,
            origin: 'redemption',
            parentJti: event.parent_jti,
          })
        break
      }
      case 'delegation.rejected': {
        const asked = askedBy(event, events)
        if (asked) pairOf(asked).attempt = { kind: 'refused', seq, code: event.code }
        break
      }
      case 'tct.renewal.requested': {
        hold(event.tct, {
          jti: event.jti,
          kind: 'tct',
          seq,
          origin: 'renewal',
          parentJti: event.previous_jti,
        })
        const previous = tokens.get(event.previous_jti)
        if (previous) supersede(previous, seq, 'renewed')
        break
      }
      case 'tct.revoked': {
        const token = tokens.get(event.jti)
        if (token && [token.issuer, token.accepter].includes(event.agent_id ?? ''))
          token.state = { kind: 'revoked', seq }
        break
      }
      case 'identity.key.rotated':
        for (const token of tokens.values())
          if ([token.issuerAid, token.holderAid].includes(event.old_aid)) supersede(token, seq, 'key_rotated')
        break
      case 'gate.decided': {
        const asked = event.decision === 'refused' ? askedBy(event, events) : null
        if (asked) pairOf(asked).refusedCall = { seq, code: event.code ?? 'refused' }
        break
      }
      case 'run.complete':
      case 'run.failed':
      case 'run.cancelled':
      case 'run.interrupted':
        for (const pair of pairs.values())
          if (pair.attempt?.kind === 'pending') pair.attempt = { ...pair.attempt, kind: 'broken_off' }
        break
      default:
    }
  }

  return {
    tokens: [...tokens.values()].map(({ issuerAid: _issuer, holderAid: _holder, ...token }) => token),
    pairs,
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

/** What is revoked stays so, and the first thing that ended a token is the one that did. */
function supersede(token: TokenDraft, seq: number, why: 'renewed' | 'key_rotated'): void {
  if (isAlive(token)) token.state = { kind: 'superseded', seq, why }
}

/** The agent's own event of a failure, which names the message, where one led to the runner's. */
function failureBehind(event: EventOf<'trust.failed'>, events: readonly RunEvent[]): Refusal {
  const own = event.cause_seq
    .map((seq) => events[seq - 1])
    .findLast((cause) => cause?.type === 'handshake.failed' || cause?.type === 'manifest.verify_failed')
  return { seq: own?.seq ?? event.seq, code: event.code }
}
