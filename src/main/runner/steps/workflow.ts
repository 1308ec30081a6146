import { z } from 'zod'
import { InvokeRefused } from '../../../shared/admin.ts'
import { AppError } from '../../../shared/errors.ts'
import type { WorkflowStep } from '../../../shared/steps.ts'
import { AdminRefused, askAgent } from '../../hosting/admin-client.ts'
import type { Operation } from '../../store/event-log.ts'
import { agentOf, type RunContext, type StepHandler } from '../run-context.ts'
import { stepInput } from '../step-input.ts'

const timeoutMs = 180_000

/** Runs a capability: by the agent itself when it offers it, else by the peer that does, with the TCT held for it. */
export const workflow: StepHandler<WorkflowStep> = async (step, context, operation) => {
  const worker = performerOf(step, context)
  operation.append({
    type: 'step.started',
    step_id: step.id,
    agent: step.agent,
    capability: step.capability,
    ...(worker === step.agent ? {} : { target: worker }),
  })
  const payload = stepInput(step, context)
  const answer =
    worker === step.agent
      ? await ask(step, context, operation, '/admin/self-execute', { capability: step.capability, payload })
      : await ask(step, context, operation, '/admin/invoke', {
          peer_aid: agentOf(context, worker).aid,
          capability: step.capability,
          payload,
        })
  const refused = InvokeRefused.safeParse(answer)
  if (refused.success) {
    throw new AppError(
      'capability_failed',
      `Step ${step.id}: ${worker} answered ${step.agent}'s call of ${step.capability} with ${refused.data.status_code}: ${JSON.stringify(refused.data.body).slice(0, 400)}`,
      { details: refused.data },
    )
  }
  return answer
}

/** The agent itself when it offers the capability, else the named target, else the first that offers it. */
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

async function ask(
  step: WorkflowStep,
  context: RunContext,
  operation: Operation,
  path: string,
  body: unknown,
): Promise<unknown> {
  try {
    return await askAgent(agentOf(context, step.agent), {
      method: 'POST',
      path,
      body,
      answer: z.unknown(),
      timeoutMs,
      operation: operation.id,
      traceId: context.traceId,
      signal: context.signal,
    })
  } catch (error) {
    if (!(error instanceof AdminRefused)) throw error
    throw new AppError(
      'capability_failed',
      `Step ${step.id}: ${step.agent} could not run ${step.capability} (${error.status} ${error.code}): ${error.message}`,
      { details: { status: error.status, code: error.code }, cause: error },
    )
  }
}
