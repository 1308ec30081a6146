import type { RunEvent } from '../../../shared/events.ts'
import type { MarkState } from '../../components/mark.tsx'
import type { Selection } from '../../store/run-view.ts'
import { lifeOf } from '../sequence/tickets.ts'
import { type Attempt, type PairTrust, pairKey, type Token } from './trust.ts'

/** How a direction of trust is shown: its mark, its word, and the event that made it so. */
export interface TrustLook {
  readonly mark: MarkState
  readonly word: string
  /** Wire code of a refusal. */
  readonly code: string | null
  readonly seq: number
  /** The token that it rests on, or rested on. */
  readonly token: Token | null
}

/** `null` where there is nothing to show: not one token, no attempt, no refused call. */
export function pairLook(pair: PairTrust, unpinned: ReadonlySet<string>, atMs: number): TrustLook | null {
  const [token] = pair.tokens
  const { attempt, refusedCall } = pair
  if (token && (token.state.kind === 'valid' || !attempt || attempt.seq < changedAt(token)))
    return tokenLook(token, unpinned.has(pairKey(pair)), atMs)
  if (attempt) return { ...attemptLook(attempt), seq: attempt.seq, token: null }
  if (refusedCall)
    return {
      mark: 'refused',
      word: 'call refused',
      code: refusedCall.code,
      seq: refusedCall.seq,
      token: null,
    }
  return null
}

export function tokenLook(token: Token, isUnpinned: boolean, atMs: number): TrustLook {
  const { state } = token
  const look = { code: null, seq: changedAt(token), token }
  switch (state.kind) {
    case 'revoked':
      return { ...look, mark: 'revoked', word: 'revoked' }
    case 'expired':
      return { ...look, mark: 'expired', word: 'expired' }
    case 'superseded':
      return {
        ...look,
        mark: 'expired',
        word: state.why === 'renewed' ? 'renewed since' : 'key rotated since',
      }
    case 'issued':
      return { ...look, mark: 'pending', word: 'issued, not verified yet' }
    case 'valid': {
      const { expiresAt, issuedAt } = token
      if (issuedAt !== null && lifeOf({ issuedAt, expiresAt }, atMs).state === 'expiring')
        return { ...look, mark: 'expiring', word: 'expiring' }
      return isUnpinned
        ? { ...look, mark: 'unpinned', word: 'valid, issuer not pinned' }
        : { ...look, mark: 'valid', word: 'valid' }
    }
  }
}

function attemptLook(attempt: Attempt): Pick<TrustLook, 'mark' | 'word' | 'code'> {
  switch (attempt.kind) {
    case 'pending':
      return { mark: 'pending', word: 'pending', code: null }
    case 'refused':
      return { mark: 'refused', word: 'refused', code: attempt.code }
    case 'broken_off':
      return { mark: 'skipped', word: 'broken off', code: null }
  }
}

/** The event that made a token what it is. */
function changedAt({ seq, state }: Token): number {
  return 'seq' in state ? state.seq : seq
}

/** Whether what is selected is of this direction of trust. */
export function isSelected(pair: PairTrust, selection: Selection, events: readonly RunEvent[]): boolean {
  const seqs = [
    ...pair.tokens.flatMap((token) => [token.seq, changedAt(token)]),
    ...[pair.attempt, pair.refusedCall].flatMap((told) => (told ? [told.seq] : [])),
  ]
  if (selection.eventSeq !== null) return seqs.includes(selection.eventSeq)
  return (
    selection.exchangeId !== null && seqs.some((seq) => events[seq - 1]?.exchange_id === selection.exchangeId)
  )
}
