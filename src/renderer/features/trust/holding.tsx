import { relativeTime } from '../../components/time.tsx'
import { lifeOf } from '../sequence/tickets.ts'
import type { Token } from './trust.ts'

/** What a token grants, and how much of its life is left. */
export function Holding({ token, atMs }: { readonly token: Token; readonly atMs: number }) {
  const { grants, issuedAt, expiresAt, state } = token
  return (
    <>
      <span className="ticket-grants">
        {grants.map((grant) => (
          <code key={grant}>{grant}</code>
        ))}
      </span>
      {state.kind === 'valid' || state.kind === 'expired' ? (
        <span className="ticket-line">
          {issuedAt === null ? null : (
            <span className="ticket-life">
              <i style={{ width: `${lifeOf({ issuedAt, expiresAt }, atMs).left * 100}%` }} />
            </span>
          )}
          <span className="muted">
            {state.kind === 'expired' ? 'expired' : 'expires'} {relativeTime(expiresAt, atMs)}
          </span>
        </span>
      ) : null}
    </>
  )
}
