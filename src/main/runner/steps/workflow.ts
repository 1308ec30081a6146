import { AppError } from '../../../shared/errors.ts'
import type { WorkflowStep } from '../../../shared/steps.ts'
import type { RefusalDetails } from '../ask.ts'
import type { RunContext } from '../run-context.ts'
import type { StepHandler } from '../step-handler.ts'
import { callPeer, executeOwn, refusalCode } from './invocation.ts'

/** Runs a capability: by the agent itself when it offers it, else by the peer that does, with the TCT held for it. */
export const workflow: StepHandler<WorkflowStep> = async (step, context, operation, mutation) => {
  const worker = performerOf(step, context)
  const carriedOut = {
    agent: step.agent,
    capability: step.capability,
    ...(worker === step.agent ? {} : { target: worker }),
  }
  operation.append({ type: 'step.started', step_id: step.id, ...carriedOut })
  if (worker === step.agent) return { output: await executeOwn(step, context, operation), carriedOut }
  const { status, body } = await callPeer(step, worker, 'held', context, operation, mutation)
  if (status === 200) return { output: body, carriedOut }
  const details: RefusalDetails = { status, code: refusalCode(body) ?? `HTTP ${status}`, check: null }
  throw new AppError(
    'capability_failed',
    `Step ${step.id}: ${worker} answered ${step.agent}'s call of ${step.capability} with ${status}: ${JSON.stringify(body).slice(0, 400)}`,
    { details },
  )
}

/** The named target, else the agent itself when it offers the capability, else the first that offers it. */
export function performerOf(step: WorkflowStep, { scenario }: Pick<RunContext, 'scenario'>): string {
  const offers = (agentId: string) =>
    scenario.manifests[agentId]?.spec.aitp.offered_caps.includes(step.capability)
  if (step.target_agent !== undefined) return step.target_agent
  if (offers(step.agent)) return step.agent
  const found = scenario.scenario.spec.agents.find(({ id }) => offers(id))
  if (!found)
    throw new AppError('capability_not_offered', `Step ${step.id}: no agent offers ${step.capability}.`)
  return found.id
}
