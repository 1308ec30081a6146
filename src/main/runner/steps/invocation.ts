import { z } from 'zod'
import { InvokeRefused } from '../../../shared/admin.ts'
import type { Operation } from '../../store/event-log.ts'
import { askOrFail } from '../ask.ts'
import { aidOf, heldFrom, type RunContext } from '../run-context.ts'
import type { Mutation } from '../step-handler.ts'
import { stepInput } from '../step-input.ts'

/** As long as a text may take to be generated; probes reach the same capabilities (B-76). */
const timeoutMs = 180_000

export interface Invocation {
  readonly id: string
  readonly agent: string
  readonly capability: string
  readonly input_from?: string | undefined
  readonly input_template?: string | undefined
}

/** Has the agent run one of its own capabilities: no peer, no token. */
export function executeOwn(step: Invocation, context: RunContext, operation: Operation): Promise<unknown> {
  return askOrFail(context, operation, triedBy(step), {
    agent: step.agent,
    path: '/admin/self-execute',
    body: { capability: step.capability, payload: stepInput(step, context) },
    answer: z.unknown(),
    timeoutMs,
  })
}

/** What a peer answered to a call of its capability. */
export interface PeerAnswer {
  /** 200 for every success. */
  readonly status: number
  readonly body: unknown
}

/** Has the agent call a peer, with the TCT it holds for it or with none. A refusal by the peer is an answer. */
export async function callPeer(
  step: Invocation,
  target: string,
  token: 'held' | 'none',
  context: RunContext,
  operation: Operation,
  { agentFault }: Mutation,
): Promise<PeerAnswer> {
  const answer = await askOrFail(context, operation, triedBy(step), {
    agent: step.agent,
    path: '/admin/invoke',
    body: {
      peer_aid: token === 'held' ? heldFrom(context, step.agent, target) : aidOf(context, target),
      capability: step.capability,
      payload: token === 'none' ? {} : stepInput(step, context),
      token,
    },
    answer: z.unknown(),
    timeoutMs,
    fault: agentFault,
  })
  const refused = InvokeRefused.safeParse(answer)
  if (!refused.success) return { status: 200, body: answer }
  const { status_code: status, body } = refused.data
  return { status, body }
}

const RefusalBody = z.object({ error: z.object({ code: z.string() }) })

/** The wire code in the body of a refusal, where it has one. */
export function refusalCode(body: unknown): string | null {
  return RefusalBody.safeParse(body).data?.error.code ?? null
}

function triedBy({ id, agent, capability }: Invocation) {
  return {
    code: 'capability_failed',
    tried: `Step ${id}: ${agent} could not run ${capability}`,
  } as const
}
