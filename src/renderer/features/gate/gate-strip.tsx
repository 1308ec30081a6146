import type { EventOf, RunEvent } from '../../../shared/events.ts'
import type { StageDecision, StageFact, StageName } from '../../../shared/gate.ts'
import { Mark, type MarkState } from '../../components/mark.tsx'
import './gate.css'

const stageNames: Record<StageName, string> = {
  kill_state: 'Kill state',
  limits: 'Limits',
  trust: 'Trust',
  revocation: 'Revocation',
  policy: 'Policy',
  payment: 'Payment',
  execute: 'Execute',
  receipt: 'Receipt',
  audit: 'Audit',
}

const marks: Record<StageDecision, MarkState> = {
  passed: 'valid',
  refused: 'refused',
  skipped: 'skipped',
  not_reached: 'pending',
}

const words: Record<StageDecision, string> = {
  passed: 'passed',
  refused: 'refused',
  skipped: 'off',
  not_reached: 'not reached',
}

/** The two events that one gated call leaves. */
export function gateEvents(events: readonly RunEvent[], exchangeId: string) {
  const own = events.filter((event) => event.exchange_id === exchangeId)
  return {
    decided: own.find((event): event is EventOf<'gate.decided'> => event.type === 'gate.decided'),
    invoked: own.find((event): event is EventOf<'capability.invoked'> => event.type === 'capability.invoked'),
  }
}

interface GateStripProps {
  readonly decided: EventOf<'gate.decided'>
  readonly invoked: EventOf<'capability.invoked'> | undefined
  readonly callee: string
}

/** The stages of one gated call in a row; the one that decided is wide and says why. */
export function GateStrip({ decided, invoked, callee }: GateStripProps) {
  const stages = [...decided.stages, ...(invoked?.stages ?? [])]
  const deciding =
    stages.find(({ decision }) => decision === 'refused') ??
    stages.findLast(({ stage, decision }) => stage === 'trust' && decision === 'passed')
  return (
    <section className="gate" aria-label="Gate">
      <p className="gate-head">
        <Mark state={decided.decision === 'allowed' ? 'valid' : 'refused'} />
        <strong>{decided.decision === 'allowed' ? 'Allowed' : 'Refused'}</strong>
        {decided.code === null ? null : <code className="tone-refused">{decided.code}</code>}
        <span className="muted">
          <code>{decided.capability}</code> at the gate of {callee}
        </span>
      </p>
      <ol className="gate-stages">
        {stages.map((fact) => (
          <Stage key={fact.stage} fact={fact} wide={fact === deciding} />
        ))}
      </ol>
    </section>
  )
}

function Stage({ fact, wide }: { readonly fact: StageFact; readonly wide: boolean }) {
  const { stage, decision, reason, ms, ids } = fact
  return (
    <li className={`gate-stage ${decision}${wide ? ' deciding' : ''}`}>
      <span className="gate-stage-name">
        <Mark state={marks[decision]} label={words[decision]} /> {stageNames[stage]}
      </span>
      <span className="gate-stage-reason">{reason}</span>
      <span className="gate-stage-ms">{ms.toFixed(1)} ms</span>
      {wide && Object.keys(ids).length > 0 ? (
        <dl className="gate-stage-ids">
          {Object.entries(ids).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  )
}
