import type { RunEvent } from '../../../shared/events.ts'
import { attributes, type SpanEvent } from './span.ts'

/** An event of the log as a moment in a span; a decision of the gate also with each stage that it came to. */
export function spanEventsOf(event: RunEvent): SpanEvent[] {
  const told = { name: event.type, at: event.ts, attributes: factsOf(event) }
  if (event.type !== 'gate.decided' && event.type !== 'capability.invoked') return [told]
  const stages = event.stages
    .filter(({ decision }) => decision !== 'not_reached')
    .map(({ stage, decision, ms }) => ({
      name: `gate.${stage}`,
      at: event.ts,
      attributes: { 'aitp.gate.decision': decision, 'aitp.gate.ms': ms },
    }))
  return [...stages, told]
}

/** Codes, ids of checks and tokens' ids; nothing that somebody could have written a secret into. */
function factsOf(event: RunEvent) {
  return attributes({
    'aitp.seq': event.seq,
    'aitp.code': 'code' in event ? event.code : null,
    'aitp.check': 'check' in event ? event.check : null,
    'aitp.decision': 'decision' in event ? event.decision : null,
    'aitp.jti': 'jti' in event ? event.jti : null,
  })
}
