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
  challenged: 'pending',
  skipped: 'skipped',
  not_reached: 'pending',
}

const words: Record<StageDecision, string> = {
  passed: 'passed',
  refused: 'refused',
  challenged: 'asks for a proof',
  skipped: 'off',
  not_reached: 'not reached',
}

const verdicts: Record<EventOf<'gate.decided'>['decision'], { mark: MarkState; word: string }> = {
  allowed: { mark: 'valid', word: 'Allowed' },
  refused: { mark: 'refused', word: 'Refused' },
  challenged: { mark: 'pending', word: 'Asked for a proof of possession' },
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

/** The stages of one gated call as a row of marks; the one that decided is wide and says why. Below, each in words. */
export function GateStrip({ decided, invoked, callee }: GateStripProps) {
  const stages = [...decided.stages, ...(invoked?.stages ?? [])]
  const deciding =
    stages.find(({ decision }) => decision === 'refused' || decision === 'challenged') ??
    stages.find(({ stage, decision }) => stage === 'trust' && decision === 'passed')
  return (
    <section className="gate" aria-label="Gate">
      <p className="gate-head">
        <Mark state={verdicts[decided.decision].mark} />
        <strong>{verdicts[decided.decision].word}</strong>
        {decided.code === null || decided.decision === 'challenged' ? null : (
          <code className="tone-refused">{decided.code}</code>
        )}
        <span className="muted">
          <code>{decided.capability}</code> at the gate of {callee}
        </span>
      </p>
      <div className="gate-strip" aria-hidden="true">
        {stages.map((fact) => (
          <span
            key={fact.stage}
            title={stageNames[fact.stage]}
            className={`gate-cell ${fact.decision}${fact === deciding ? ' deciding' : ''}`}
          >
            <Mark state={marks[fact.decision]} />
            {fact === deciding ? `${stageNames[fact.stage]}: ${fact.reason}` : null}
          </span>
        ))}
      </div>
      <ol>
        {stages.map((fact) => (
          <Stage key={fact.stage} fact={fact} />
        ))}
      </ol>
    </section>
  )
}

function Stage({ fact: { stage, decision, reason, ms } }: { readonly fact: StageFact }) {
  return (
    <li className={`gate-stage ${decision}`}>
      <Mark state={marks[decision]} label={words[decision]} />
      <span>{stageNames[stage]}</span>
      <span className="gate-stage-reason">{reason}</span>
      <span className="gate-stage-ms">{ms.toFixed(1)} ms</span>
    </li>
  )
}
