import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { AdminRefusal } from '../../shared/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { controlPlaneHeader } from '../../shared/header-fields.ts'
import { AnswerTooLarge, readBounded } from '../read-bounded.ts'

export interface AdminTarget {
  readonly agentId: string
  readonly port: number
  readonly secret: string
  /** Settles when the agent's process is gone. */
  readonly gone?: Promise<unknown>
}

/** How long after a broken connection the notice of the process's end may come. */
const exitNoticeMs = 500
const largestAnswer = 8 * 1024 * 1024

export interface AdminCall<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: unknown
  readonly answer: z.ZodType<Answer>
  readonly timeoutMs: number
  /** The host's operation that this call carries out; travels on as W3C baggage. */
  readonly operation: string
  readonly traceId: string
  readonly signal: AbortSignal
  /** Tells the agent that nobody answers there, so that it does not wait for that itself. */
  readonly isControlPlaneAway?: boolean
}

/** A worker's answer that is not 2xx: the protocol refused, or the worker could not. */
export class AdminRefused extends Error {
  override readonly name = 'AdminRefused'
  readonly status: number
  readonly code: string
  readonly check: string | null

  constructor(status: number, refusal: { code: string; message: string; check: string | null }) {
    super(refusal.message)
    this.status = status
    this.code = refusal.code
    this.check = refusal.check
  }
}

/** Asks a worker to act. Rejects with {@link AdminRefused}, or `agent_unreachable` when there is no answer. */
export async function askAgent<Answer>(target: AdminTarget, call: AdminCall<Answer>): Promise<Answer> {
  const { ok, status, text } = await send(target, call).catch(async (cause: unknown) => {
    // A process that dies breaks its connections first; its end explains more than they do.
    if (target.gone !== undefined)
      await Promise.race([target.gone, delay(exitNoticeMs, undefined, { ref: false })])
    call.signal.throwIfAborted()
    const reason = whyUnread(cause, call.timeoutMs)
    throw new AppError(
      'agent_unreachable',
      `Agent ${target.agentId} on port ${target.port} gave ${reason} to ${call.path}.`,
      { cause },
    )
  })
  const body = parse(text)
  if (ok) return call.answer.parse(body)
  const refusal = AdminRefusal.safeParse(body)
  throw new AdminRefused(status, {
    code: refusal.data?.error.code ?? `HTTP ${status}`,
    message: refusal.data?.error.message ?? text.slice(0, 300),
    check: refusal.data?.error.check ?? null,
  })
}

async function send<Answer>(target: AdminTarget, call: AdminCall<Answer>) {
  const response = await fetch(`http://127.0.0.1:${target.port}${call.path}`, {
    method: call.method,
    headers: {
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      authorization: `Bearer ${target.secret}`,
      traceparent: `00-${call.traceId}-${call.operation}-01`,
      baggage: `aitp.operation=${call.operation}`,
      ...(call.isControlPlaneAway ? { [controlPlaneHeader]: 'away' } : {}),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    redirect: 'error',
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs)]),
  })
  return { ok: response.ok, status: response.status, text: await readBounded(response, largestAnswer) }
}

function whyUnread(cause: unknown, timeoutMs: number): string {
  if (cause instanceof AnswerTooLarge) return `an answer of more than ${largestAnswer} bytes`
  const isLate = cause instanceof Error && cause.name === 'TimeoutError'
  return isLate ? `no answer within ${timeoutMs} ms` : 'no answer'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { raw: text }
  }
}
