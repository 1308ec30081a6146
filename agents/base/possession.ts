import { AitpError, type Collector, type ProvableClaims, popHeaders } from '../../src/aitp/index.ts'
import { type Agent, randomness } from './agent.ts'
import { unixNow } from './clock.ts'
import { peerRefusalBody, type Refusal, WorkerError } from './refusal.ts'

/** Whether who presented a token has shown that he holds its key; if not, the answer that asks for it. */
export type Possession =
  | { readonly proven: true }
  | {
      readonly proven: false
      readonly answer: { status: 401; headers: Readonly<Record<string, string>>; text: string }
    }

/** The refusal of a request that lacks the proof. */
export const possessionAsked = {
  status: 401,
  code: 'pop_required',
  message: 'possession of the key of the token must be proven',
  check: null,
  retryable: true,
} as const satisfies Refusal

/**
 * Asks for proof of possession, or judges the proof that came with the request (RFC-AITP-0005 §6.1). Each challenge
 * can be answered once, by the key of `claims.sub`, about the token `claims.jti`, which this agent issued.
 *
 * @param proof the header `X-AITP-PoP-Response`, if there is one
 * @throws AitpError for a proof that does not hold, `limited` (503) when too many are awaited
 */
export function requirePossession(
  agent: Agent,
  claims: ProvableClaims,
  proof: string | undefined,
  collector?: Collector,
): Possession {
  const { aitp, challenges, replay } = agent
  const now = unixNow()
  if (proof === undefined) {
    const challenge = challengeAbout(agent, claims, now)
    const headers = { [popHeaders.challenge]: aitp.toPopHeader(challenge) }
    return {
      proven: false,
      answer: { status: possessionAsked.status, headers, text: peerRefusalBody(possessionAsked) },
    }
  }
  aitp.verifyPopResponse(aitp.fromPopHeader(proof) ?? '', { claims, challenges, now, replay, collector })
  return { proven: true }
}

function challengeAbout({ aitp, identity, challenges }: Agent, claims: ProvableClaims, now: number): string {
  try {
    return aitp.issuePopChallenge(identity.key, { claims, challenges, now, randomBytes: randomness })
  } catch (cause) {
    if (!(cause instanceof AitpError)) throw cause
    throw new WorkerError(503, 'limited', 'too many proofs are awaited', { retryable: true, cause })
  }
}
