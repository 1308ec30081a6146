import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'

const lifeMs = 10 * 60_000

/** One-time codes that a browser exchanges for the bearer, so that the bearer is in no address and no page. */
export interface SessionCodes {
  issue(): string
  /** Throws `code_spent` for a code that was used, has run out, or never was. */
  redeem(code: string): void
}

export function createSessionCodes(now: () => number = Date.now): SessionCodes {
  const outstanding = new Map<string, number>()
  return {
    issue() {
      const code = randomBytes(24).toString('base64url')
      outstanding.set(code, now() + lifeMs)
      return code
    },
    redeem(code) {
      const until = outstanding.get(code)
      outstanding.delete(code)
      if (until !== undefined && now() < until) return
      throw new AppError(
        'code_spent',
        'This address was used already or has run out; run `npm start` or `aitp-console serve` again for a new one.',
      )
    },
  }
}
