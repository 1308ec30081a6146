import { Button } from 'react-aria-components'
import { Mark, toneOf } from '../../components/mark.tsx'
import { select, setLens } from '../../store/run-view.ts'
import { Comparison } from '../ladder/comparison.tsx'
import type { RunFacts } from './run-facts.ts'
import { openFailure } from './use-run-keys.ts'
import { type Outcome, verdictOf } from './verdict.ts'

/** One sentence for a finished run, then where to look. */
export function VerdictPanel({ facts }: { readonly facts: RunFacts }) {
  const verdict = verdictOf(facts)
  const loud = verdict?.mark === 'refused'
  return (
    <section className={`verdict${loud ? ' loud' : ''}`} aria-label="Verdict" role="status">
      {verdict ? (
        <>
          <div className="verdict-text">
            <p className="verdict-sentence">
              <span className={`tone-${toneOf(verdict.mark)}`}>
                <Mark state={verdict.mark} />
              </span>
              {verdict.sentence}
            </p>
            {verdict.outcome === null ? null : <ExpectedOutcome outcome={verdict.outcome} />}
            {verdict.code === null ? null : <code className="verdict-code tone-refused">{verdict.code}</code>}
            {verdict.expected !== null && verdict.actual !== null ? (
              <Comparison expected={verdict.expected} actual={verdict.actual} width={72} copyable={false} />
            ) : null}
          </div>
          <VerdictLinks facts={facts} />
        </>
      ) : null}
    </section>
  )
}

function ExpectedOutcome({ outcome: { summary, met } }: { readonly outcome: Outcome }) {
  const words = { true: 'As expected', false: 'Not as expected', null: 'Expected' }[`${met}`]
  return (
    <p className="verdict-expected">
      <strong className={met === false ? 'tone-refused' : ''}>{words}:</strong> {summary}
    </p>
  )
}

function VerdictLinks({ facts }: { readonly facts: RunFacts }) {
  const { failures, conversations, events, run } = facts
  const first = conversations[0]?.messages[0]
  const last = events.at(-1)
  return (
    <div className="verdict-links">
      {failures.length > 0 ? (
        <Button className="button" onPress={() => openFailure(facts, 1)}>
          {failures.length === 1 ? 'The failed check' : `First of ${failures.length} failures`}
          <kbd className="shortcut">]</kbd>
        </Button>
      ) : first ? (
        <Button
          className="button"
          onPress={() => {
            setLens('sequence')
            select({ exchangeId: first.exchange.exchange_id, direction: first.message.direction })
          }}
        >
          First message
        </Button>
      ) : null}
      {last ? (
        <Button
          className="button"
          onPress={() => {
            setLens('timeline')
            select({ eventSeq: last.seq })
          }}
        >
          How it ended
        </Button>
      ) : null}
      {Object.keys(run.outputs).length > 0 ? (
        <Button className="button" onPress={() => setLens('output')}>
          Output
        </Button>
      ) : null}
    </div>
  )
}
