import { AppError } from '../../../shared/errors.ts'
import type { Fault } from '../../../shared/faults.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import type { Operation } from '../../store/event-log.ts'
import { type KeptDelegation, newestToken } from '../keepsakes.ts'
import { aidOf, heldFrom, manifestUrlOf, type RunContext } from '../run-context.ts'
import type { Mutation } from '../step-handler.ts'
import { delegationOf } from '../steps/delegation.ts'
import { revokeAt } from '../steps/revoke-tct.ts'
import { heldTct } from '../steps/session-bundle.ts'
import { tellExit } from '../tell-exit.ts'
import { serveForgedList } from './forged-list.ts'
import { presenterOf } from './parties.ts'

/** A fault made ready: what the step now asks for, and what has to be tidied away after it. */
export interface PreparedFault {
  readonly mutation: Mutation
  readonly mutatedUrl: string | null
  readonly release?: () => void
}

/** Where nobody listens: port 1 is reserved, and only root could. */
const nobody = 'http://127.0.0.1:1'

/** Does the runner's part of a fault. Rejects when it cannot be brought about here and now. */
export async function prepareFault(
  step: SingleStep,
  fault: Fault,
  target: string,
  context: RunContext,
  operation: Operation,
): Promise<PreparedFault> {
  switch (fault.kind) {
    case 'manifest_404': {
      const manifestUrl = `${manifestUrlOf(context, target)}-missing`
      return { mutation: { manifestUrl }, mutatedUrl: manifestUrl }
    }
    case 'peer_offline':
      return { mutation: { agentFault: { kind: fault.kind } }, mutatedUrl: nobody }
    case 'delay':
    case 'drop':
      return { mutation: { agentFault: { kind: fault.kind, ms: fault.ms } }, mutatedUrl: null }
    case 'clock_skew':
      return { mutation: { agentFault: { kind: fault.kind, secs: fault.secs } }, mutatedUrl: null }
    case 'duplicate':
    case 'tamper':
    case 'expired_token':
    case 'replayed_message':
      return { mutation: { agentFault: { kind: fault.kind } }, mutatedUrl: null }
    case 'revoked_token':
      await revokeFirst(step, target, context, operation)
      return { mutation: {}, mutatedUrl: null }
    case 'wrong_audience':
      return { mutation: wrongAudience(step, fault.of, context), mutatedUrl: null }
    case 'stolen_token':
      return { mutation: await stolenToken(step, fault.victim, target, context, operation), mutatedUrl: null }
    case 'crash':
      await crash(target, context, operation)
      return { mutation: {}, mutatedUrl: null }
    case 'cp_down':
      return { mutation: { cpBaseUrl: nobody }, mutatedUrl: nobody }
    case 'forged_revocation_list': {
      const issuer = context.controlPlane?.config.aid ?? null
      const { baseUrl, close } = await serveForgedList(context.aitp, issuer)
      return { mutation: { cpBaseUrl: baseUrl }, mutatedUrl: baseUrl, release: close }
    }
  }
}

async function revokeFirst(
  step: SingleStep,
  target: string,
  context: RunContext,
  operation: Operation,
): Promise<void> {
  const holder = presenterOf(step)
  if (holder === null) throw new TypeError(`a step of type ${step.type} presents no token`)
  const jti =
    step.type === 'redeem_delegation'
      ? delegationOf(context, step.id, step.via_delegation).parentJti
      : newestToken(context.keepsakes, { holder, issuer: target })?.jti
  if (jti === undefined)
    throw new AppError('step_failed', `${holder} obtained no token from ${target} to revoke`)
  await revokeAt(context, operation, {
    issuer: target,
    jti,
    reason: `fault in step ${step.id}`,
    tried: `${target} could not revoke`,
  })
}

function wrongAudience(step: SingleStep, of: string, context: RunContext): Mutation {
  const delegation =
    step.type === 'redeem_delegation'
      ? newestDelegation(context, ({ delegatee, grantor }) => delegatee === of || grantor === of)
      : undefined
  return delegation === undefined
    ? { agentFault: { kind: 'wrong_audience', peer_aid: wrongPeer(step, of, context) } }
    : { delegationToken: delegation.token }
}

/** Whose token is presented, or to whom the message is addressed, in the place of the peer. */
function wrongPeer(step: SingleStep, of: string, context: RunContext): string {
  const holder = presenterOf(step)
  return holder === null ? aidOf(context, of) : heldFrom(context, holder, of)
}

async function stolenToken(
  step: SingleStep,
  victim: string,
  target: string,
  context: RunContext,
  operation: Operation,
): Promise<Mutation> {
  if (step.type === 'redeem_delegation') {
    const delegation = newestDelegation(context, ({ delegatee }) => delegatee === victim)
    if (delegation === undefined) throw new AppError('step_failed', `nothing was delegated to ${victim}`)
    return { delegationToken: delegation.token }
  }
  const { tct_token: token } = await heldTct(context, operation, victim, {
    issuerAid: heldFrom(context, victim, target),
    tried: `${victim} has no token of ${target} to steal`,
  })
  return { agentFault: { kind: 'stolen_token', token } }
}

function newestDelegation(
  { keepsakes }: RunContext,
  isWanted: (delegation: KeptDelegation) => boolean,
): KeptDelegation | undefined {
  return [...keepsakes.delegations.values()].findLast(isWanted)
}

async function crash(target: string, context: RunContext, operation: Operation): Promise<void> {
  const agent = context.agents.get(target)
  if (!agent)
    throw new AppError('agent_not_running', `${target} runs elsewhere and cannot be killed from here`)
  await agent.worker.kill()
  await tellExit(context, agent.worker, (event) => void operation.append(event))
}
