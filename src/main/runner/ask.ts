import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { AppError, type AppErrorCode } from '../../shared/errors.ts'
import type { AgentFault } from '../../shared/faults.ts'
import { AdminRefused, askAgent } from '../hosting/admin-client.ts'
import type { Operation } from '../store/event-log.ts'
import { agentOf, type RunContext } from './run-context.ts'

const exitNoticeMs = 200

/** What a fault may add to the time an agent takes: what it waits, and some. */
const faultMs = 20_000

export interface Ask<Answer> {
  /** Who is to act. */
  readonly agent: string
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly answer: z.ZodType<Answer>
  readonly timeoutMs: number
  readonly fault?: AgentFault | undefined
}

/** Has an agent act as part of an operation. Rejects with {@link AdminRefused}, or `agent_unreachable`. */
export async function ask<Answer>(
  context: RunContext,
  operation: Operation,
  { agent, method = 'POST', path, body, answer, timeoutMs, fault }: Ask<Answer>,
): Promise<Answer> {
  try {
    return await askAgent(agentOf(context, agent), {
      method,
      path,
      body: fault === undefined ? body : { ...body, fault },
      answer,
      timeoutMs: timeoutMs + (fault === undefined ? 0 : faultMs),
      operation: operation.id,
      traceId: context.traceId,
      signal: context.signal,
      isControlPlaneAway: context.controlPlane?.isAway() ?? false,
    })
  } catch (error) {
    if (error instanceof AdminRefused && error.code === 'no_answer') await awaitExitNotice(context)
    throw error
  }
}

/**
 * Its peers notice the end of a process before we do, and it explains more than their silence. Rejects with what ended
 * the run, where something did.
 */
export async function awaitExitNotice({ workers, signal }: RunContext): Promise<void> {
  const exits = [...workers].map(({ ended }) => ended)
  await Promise.race([...exits, delay(exitNoticeMs, undefined, { ref: false })])
  signal.throwIfAborted()
}

/** What the details of an error say about the refusal behind it. */
export interface RefusalDetails {
  readonly code: string
  readonly check: string | null
  readonly status: number
}

/** As {@link ask}; a refusal fails the step under `code`, with {@link RefusalDetails}, and names what was tried. */
export async function askOrFail<Answer>(
  context: RunContext,
  operation: Operation,
  what: { readonly code: AppErrorCode; readonly tried: string },
  request: Ask<Answer>,
): Promise<Answer> {
  try {
    return await ask(context, operation, request)
  } catch (error) {
    if (!(error instanceof AdminRefused)) throw error
    const { code, check, status } = error
    const details: RefusalDetails = { code, check, status }
    throw new AppError(
      what.code,
      `${what.tried}: refused with ${code}${check === null ? '' : ` at check ${check}`}: ${error.message}`,
      { details, cause: error },
    )
  }
}
