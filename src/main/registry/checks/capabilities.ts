import type { SingleStep, WorkflowStep } from '../../../shared/steps.ts'
import { suggestion } from '../nearest.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import { agentIds, isRemote, type StepContext } from './context.ts'

/** What a step calls, requests or passes on is offered by whom it wants it from. */
export function checkCapabilities(step: SingleStep, path: Path, context: StepContext): Problem[] {
  switch (step.type) {
    case 'workflow':
      return [...workflowCapability(step, path, context), ...heldToken(step, path, context)]
    case 'capability_call_no_trust':
      return offeredBy(step.target_agent, step.capability, 'capability', [...path, 'capability'], context)
    case 'capability_probe':
      return [
        ...offeredBy(step.target_agent, step.capability, 'capability', [...path, 'capability'], context),
        ...heldToken(step, path, context),
      ]
    case 'handshake':
      return (step.requested_grants ?? []).flatMap((grant, index) =>
        offeredBy(step.responder, grant, 'requested-grants', [...path, 'requested_grants', index], context),
      )
    case 'delegate':
      return step.scope.flatMap((grant, index) =>
        offeredBy(step.via_peer, grant, 'scope', [...path, 'scope', index], context),
      )
    default:
      return []
  }
}

function offeredBy(
  agent: string,
  capability: string,
  rule: Problem['rule'],
  path: Path,
  { offered }: StepContext,
): Problem[] {
  const caps = offered.get(agent)
  if (caps === undefined || caps.includes(capability)) return []
  const message = `Agent ${agent} does not offer ${capability}, but ${caps.join(', ') || 'nothing'}.`
  return [{ rule, path, message }]
}

/** Who carries a workflow step out; `undefined` where nobody known does. */
function calleeOf(
  { agent, capability, target_agent }: WorkflowStep,
  context: StepContext,
): string | undefined {
  const offers = (id: string) => context.offered.get(id)?.includes(capability) === true
  if (target_agent !== undefined) return target_agent
  return offers(agent) ? agent : agentIds(context.scenario).find(offers)
}

function workflowCapability(step: WorkflowStep, path: Path, context: StepContext): Problem[] {
  const { scenario, offered } = context
  const ids = agentIds(scenario)
  if (!ids.includes(step.agent)) return []
  const at = [...path, 'capability']
  const callee = calleeOf(step, context)
  if (callee !== undefined) return offeredBy(callee, step.capability, 'capability', at, context)
  // An agent whose manifest could not be read, or that runs elsewhere, may offer it.
  if (ids.some((id) => !offered.has(id))) return []
  const all = [...new Set([...offered.values()].flat())]
  const message = `No agent of this scenario offers ${step.capability}.${suggestion(step.capability, all)}`
  return [{ rule: 'capability', path: at, message }]
}

/** Without an earlier handshake there is no token to present, and the call cannot even be sent. */
function heldToken(
  step: Extract<SingleStep, { type: 'workflow' | 'capability_probe' }>,
  path: Path,
  context: StepContext,
): Problem[] {
  const callee = step.type === 'workflow' ? calleeOf(step, context) : step.target_agent
  if (callee === undefined || callee === step.agent || context.scenario.spec.trust.eager) return []
  const bringsItsOwn = step.fault?.kind === 'stolen_token' || step.fault?.kind === 'wrong_audience'
  if (bringsItsOwn || isRemote(step.agent, context.scenario)) return []
  const gotOne = context.earlier.some(
    (earlier) =>
      (earlier.type === 'handshake' && earlier.initiator === step.agent && earlier.responder === callee) ||
      (earlier.type === 'redeem_delegation' && earlier.delegatee === step.agent && earlier.target === callee),
  )
  if (gotOne) return []
  const message = `Agent ${step.agent} has no token from ${callee} here: no earlier step gives it one, and trust.eager is off.`
  return [{ rule: 'no-token', path: [...path, step.type === 'workflow' ? 'agent' : 'target_agent'], message }]
}
