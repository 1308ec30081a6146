import type { Message } from '../../../shared/exchange.ts'
import { messageState } from '../run/message-state.ts'

/** A token that a message handed over, as a ticket of the agent that now holds it. */
export interface Ticket {
  readonly jti: string
  readonly issuer: string
  readonly holder: string
  readonly grants: readonly string[]
  readonly issuedAt: number
  readonly expiresAt: number
  readonly fingerprint: string
}

/** Only what its receiver accepted: a token in a refused message is nobody's ticket. */
export function ticketsOf(message: Message): readonly Ticket[] {
  const state = messageState(message)
  if (message.kind !== 'MUTUAL_COMMIT' && message.kind !== 'MUTUAL_COMMIT_ACK') return []
  if (state !== 'valid' && state !== 'unpinned') return []
  return message.tokens.flatMap(({ kind, claims, fingerprint }) => {
    const { jti, grants, iat, exp } = claims
    if (kind !== 'tct' || typeof jti !== 'string' || typeof iat !== 'number' || typeof exp !== 'number')
      return []
    return [
      {
        jti,
        issuer: message.from,
        holder: message.to,
        grants: Array.isArray(grants) ? grants.filter((grant) => typeof grant === 'string') : [],
        issuedAt: iat,
        expiresAt: exp,
        fingerprint,
      },
    ]
  })
}

export type TicketState = 'valid' | 'expiring' | 'expired'

/** Fraction of life left, and the state it makes: a holder renews when less than a fifth is left. */
export function lifeOf(
  { issuedAt, expiresAt }: Pick<Ticket, 'issuedAt' | 'expiresAt'>,
  nowMs: number,
): { left: number; state: TicketState } {
  const left = Math.max(0, Math.min(1, (expiresAt - nowMs / 1_000) / (expiresAt - issuedAt)))
  return { left, state: left === 0 ? 'expired' : left < 0.2 ? 'expiring' : 'valid' }
}
