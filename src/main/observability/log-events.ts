import type { Logger } from 'pino'
import { isTerminalEvent, type RunEvent } from '../../shared/events.ts'
import { withoutJws } from '../../shared/redact-tokens.ts'

/**
 * Puts the events of runs into the host's log: their begin and end as they are, what failed as a warning, the rest for
 * who asks for `debug`. Only ids and codes, never what somebody wrote.
 */
export function createEventLogger(log: Logger): (event: RunEvent) => void {
  const traceIds = new Map<string, string>()
  return (event) => {
    const { type, run_id, seq, agent_id, exchange_id } = event
    if (type === 'run.started' && event.trace_id !== undefined) traceIds.set(run_id, event.trace_id)
    const code = 'code' in event ? event.code : null
    const check = 'check' in event ? event.check : null
    const trace_id = traceIds.get(run_id)
    const ends = isTerminalEvent(event)
    const level = code !== null ? 'warn' : type === 'run.started' || ends ? 'info' : 'debug'
    log[level](
      {
        run_id,
        seq,
        ...(trace_id === undefined ? {} : { trace_id }),
        ...(agent_id === undefined ? {} : { agent_id }),
        ...(exchange_id === undefined ? {} : { exchange_id }),
        ...(code === null ? {} : { code: withoutJws(code) }),
        ...(check === null ? {} : { check: withoutJws(check) }),
      },
      type,
    )
    if (ends) traceIds.delete(run_id)
  }
}
