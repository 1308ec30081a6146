import { type ProvableClaims, popHeaders } from '../../src/aitp/index.ts'
import type { Report } from '../../src/shared/report.ts'
import { type Agent, randomness } from './agent.ts'
import { unixNow } from './clock.ts'
import { exchangeWith, type Incoming, type Judged, type Outgoing } from './outbound.ts'
import { WorkerError } from './refusal.ts'

type Challenged<Value> = { readonly proof: string } | { readonly value: Value }

/**
 * As `exchangeWith`, for a request that presents a token: when the peer asks for proof of possession, the challenge is
 * verified and answered, and the request repeated with the proof. A second challenge is an answer like any other.
 *
 * @param claims those of the token presented: only its issuer, asking about this token, gets a proof
 */
export async function exchangeWithProof<Value>(
  agent: Agent,
  outgoing: Outgoing,
  claims: ProvableClaims,
  judge: (incoming: Incoming, exchangeId: string) => Judged<Value>,
  report: () => Report | null,
): Promise<Value> {
  let challengeReport: Report | null = null
  const first = await exchangeWith<Challenged<Value>>(
    agent,
    outgoing,
    (incoming, exchangeId) => {
      const challenge = incoming.status === 401 ? incoming.headers.get(popHeaders.challenge) : null
      if (challenge === null) {
        const judged = judge(incoming, exchangeId)
        return { ...judged, value: { value: judged.value } }
      }
      const now = unixNow()
      const collector = agent.aitp.createCollector()
      try {
        return { value: { proof: answer(agent, challenge, { claims, collector, now }) } }
      } finally {
        challengeReport = collector.report('pop_challenge', now)
      }
    },
    () => challengeReport ?? report(),
  )
  if (!('proof' in first)) return first.value
  const headers = { ...outgoing.headers, [popHeaders.response]: first.proof }
  return exchangeWith(agent, { ...outgoing, headers }, judge, report)
}

interface AnswerTerms {
  readonly claims: ProvableClaims
  readonly collector: ReturnType<Agent['aitp']['createCollector']>
  readonly now: number
}

/** The header value that proves possession. Throws `AitpError` for a challenge that deserves no answer. */
function answer({ aitp, identity, replay }: Agent, header: string, terms: AnswerTerms): string {
  if (terms.claims.sub !== identity.key.aid)
    throw new WorkerError(412, 'key_replaced', 'the token is bound to a key that this agent has no more')
  const challenge = aitp.verifyPopChallenge(aitp.fromPopHeader(header) ?? '', { ...terms, replay })
  const response = aitp.answerPopChallenge(identity.key, challenge, {
    now: terms.now,
    randomBytes: randomness,
  })
  return aitp.toPopHeader(response)
}
