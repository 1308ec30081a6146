import { type Aid, AitpError, type Report } from '../../../src/aitp/index.ts'
import { decidingStages, type StageFact } from '../../../src/shared/gate.ts'
import type { Agent } from '../agent.ts'
import { unixNow } from '../clock.ts'
import type { Refusal } from '../refusal.ts'
import { notReached, skipped, startStage } from './stages.ts'

export interface CapabilityCall {
  readonly capability: string
  /** The presented TCT, empty when there is none. */
  readonly token: string
  readonly bytes: number
  /** Calls of this agent's capabilities that are being carried out. */
  readonly running: number
}

export interface GateVerdict {
  readonly stages: StageFact[]
  /** Who was let in; `null` when refused. */
  readonly caller: Aid | null
  readonly refusal: Refusal | null
  /** The ladder of the presented token; `null` when the call was refused before it was looked at. */
  readonly report: Report | null
}

const largestPayload = 64 * 1024
const mostRunning = 16

/** Stages 1 to 6 of a capability call, in order; the first refusal ends it, and what is off says so. */
export function decide(agent: Agent, call: CapabilityCall): GateVerdict {
  const killState = skipped('kill_state', 'this version has no kill switch')
  const limits = checkLimits(call)
  if (limits.refusal) return refusedAt([killState, limits.fact], limits.refusal, null)
  const trust = checkTrust(agent, call)
  if (trust.refusal) return refusedAt([killState, limits.fact, ...trust.facts], trust.refusal, trust.report)
  const stages = [
    killState,
    limits.fact,
    ...trust.facts,
    skipped('policy', 'this version has no policy engine'),
    skipped('payment', 'this capability costs nothing'),
  ]
  return { stages, caller: trust.caller, refusal: null, report: trust.report }
}

function refusedAt(reached: StageFact[], refusal: Refusal, report: Report | null): GateVerdict {
  const rest = decidingStages.slice(reached.length).map(notReached)
  return { stages: [...reached, ...rest], caller: null, refusal, report }
}

function checkLimits({ bytes, running }: CapabilityCall): { fact: StageFact; refusal: Refusal | null } {
  const end = startStage('limits')
  const reason =
    bytes > largestPayload
      ? `the payload has ${bytes} bytes, the limit is ${largestPayload}`
      : running >= mostRunning
        ? `${running} calls are running, the limit is ${mostRunning}`
        : null
  if (reason === null) {
    return {
      fact: end('passed', `${bytes} of ${largestPayload} bytes, ${running} of ${mostRunning} calls`),
      refusal: null,
    }
  }
  return {
    fact: end('refused', reason),
    refusal: { status: 429, code: 'limited', message: reason, check: null, retryable: true },
  }
}

interface TrustVerdict {
  readonly facts: StageFact[]
  readonly caller: Aid | null
  readonly refusal: Refusal | null
  readonly report: Report
}

/**
 * Stages 3 and 4. This agent enforces what it issued itself: the token's issuer must be its own AID, or anybody
 * could mint a token to himself and present it.
 */
function checkTrust({ aitp, identity }: Agent, { token, capability }: CapabilityCall): TrustVerdict {
  const end = startStage('trust')
  const now = unixNow()
  const collector = aitp.createCollector()
  try {
    const { claims } = aitp.verifyTct(token, {
      now,
      expectedIssuer: identity.key.aid,
      issuerManifest: identity.manifest().verified,
      requiredGrant: capability,
      collector,
    })
    const ids = { jti: claims.jti, issuer: claims.iss, subject: claims.sub }
    const facts = [
      end('passed', `the TCT verifies and grants ${capability}`, ids),
      skipped('revocation', 'this version keeps no revocation table'),
    ]
    return { facts, caller: claims.sub, refusal: null, report: collector.report('tct', now) }
  } catch (error) {
    if (!(error instanceof AitpError)) throw error
    const { code, check, retryable } = error
    const message = token === '' ? 'no TCT was presented' : error.message
    return {
      facts: [end('refused', `${code}${check === null ? '' : ` at ${check}`}: ${message}`)],
      caller: null,
      refusal: { status: 403, code, message, check, retryable },
      report: collector.report('tct', now),
    }
  }
}
