import { type Aid, AitpError, type RevocationDecision } from '../../../src/aitp/index.ts'
import type { StageFact } from '../../../src/shared/gate.ts'
import type { Report } from '../../../src/shared/report.ts'
import type { Agent } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { possessionAsked, requirePossession } from '../possession.ts'
import { type Refusal, refusalOf, WorkerError } from '../refusal.ts'
import type { RevocationJudge } from '../revocation/terms.ts'
import type { Requirement } from './required-grant.ts'
import { startStage } from './stages.ts'

export interface Presentation {
  /** The presented TCT, empty when there is none. */
  readonly token: string
  /** The header `X-AITP-PoP-Response`, if there is one. */
  readonly proof: string | undefined
}

export interface TrustVerdict {
  /** Trust, and revocation where it was asked about. */
  readonly facts: StageFact[]
  readonly caller: Aid | null
  readonly refusal: Refusal | null
  /** Of the answer, where more than its body says what is missing. */
  readonly headers: Readonly<Record<string, string>>
  readonly report: Report
}

/**
 * Stages 3 and 4. This agent enforces what it issued itself: the token's issuer must be its own AID, or anybody
 * could mint a token to himself and present it. Who has revoked a token is only told about one that verified.
 */
export function checkTrust(
  agent: Agent,
  { token, proof }: Presentation,
  { grant, possession }: Requirement,
): TrustVerdict {
  const { aitp, identity } = agent
  const end = startStage('trust')
  const now = unixNow()
  const tctCollector = aitp.createCollector()
  const proofCollector = aitp.createCollector()
  const asked: { revocation?: StageFact } = {}
  try {
    const { claims } = agent.tcts.verify(token, {
      now,
      expectedIssuer: identity.key.aid,
      issuerManifest: identity.manifest().verified,
      requiredGrant: grant,
      revocation: (jti, _issuer, grants) => {
        const judged = judge(agent.revocation.ownTokens, jti, grants)
        asked.revocation = judged.fact
        return judged.decision
      },
      collector: tctCollector,
    })
    const ids = { jti: claims.jti, issuer: claims.iss, subject: claims.sub }
    const report = tctCollector.report('tct', now)
    const shown = possession ? requirePossession(agent, claims, proof, proofCollector) : null
    if (shown?.proven === false) {
      const facts = factsOf(end('challenged', possessionAsked.message, ids), asked.revocation)
      return { facts, caller: null, refusal: possessionAsked, headers: shown.answer.headers, report }
    }
    const proven = shown === null ? '' : ', possession of its key is proven'
    const passed = end('passed', `the TCT verifies and grants ${grant}${proven}`, ids)
    return {
      facts: factsOf(passed, asked.revocation),
      caller: claims.sub,
      refusal: null,
      headers: {},
      report,
    }
  } catch (error) {
    if (!(error instanceof AitpError || error instanceof WorkerError)) throw error
    const refusal = refusalBy(error, token, asked.revocation)
    const trust =
      refusal.check === 'tct.revocation' ? end('passed', 'the TCT verifies') : end('refused', refusal.message)
    const proofReport = proofCollector.report('pop_response', now)
    const report = proofReport.checks.length > 0 ? proofReport : tctCollector.report('tct', now)
    return { facts: factsOf(trust, asked.revocation), caller: null, refusal, headers: {}, report }
  }
}

function factsOf(trust: StageFact, revocation: StageFact | undefined): StageFact[] {
  return revocation === undefined ? [trust] : [trust, revocation]
}

function refusalBy(
  error: AitpError | WorkerError,
  token: string,
  revocation: StageFact | undefined,
): Refusal {
  const refusal = refusalOf(error, 403)
  if (refusal.check === 'tct.revocation' && revocation) {
    // Its holder has shown a token that verifies, so he may know whose list it is on.
    return { ...refusal, message: revocation.reason, peerMessage: revocation.reason }
  }
  return token === '' ? { ...refusal, message: 'no TCT was presented' } : refusal
}

function judge(
  judgement: RevocationJudge,
  jti: string,
  grants: readonly string[],
): { readonly fact: StageFact; readonly decision: RevocationDecision } {
  const end = startStage('revocation')
  const source = judgement.denies(jti)
  if (source !== null) {
    const reason = `${jti} is revoked (${source})`
    return { fact: end('refused', reason, { jti, source }), decision: { outcome: 'revoked', reason } }
  }
  const { posture, reason, refusal } = judgement.admit()
  if (refusal !== null) {
    return {
      fact: end('refused', refusal, { jti, posture }),
      decision: { outcome: 'revoked', reason: refusal },
    }
  }
  const isServedStale = posture === 'degraded' && judgement.countsFreshness
  const passed = isServedStale ? `served although ${reason}` : `${jti} is not revoked`
  return {
    fact: end('passed', passed, { jti, posture }),
    decision: { outcome: isServedStale ? 'unchecked' : 'clear', grants, reason: passed },
  }
}
