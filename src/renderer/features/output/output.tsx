import { TriangleAlert } from 'lucide-react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import type { RunFacts } from '../run/run-facts.ts'
import './output.css'

/** What each step gave back, as text. */
export function Output({ facts: { run, over } }: { readonly facts: RunFacts }) {
  const outputs = Object.entries(run.outputs)
  if (outputs.length === 0)
    return over ? (
      <Empty title="No step gave anything back">
        <p className="muted">The timeline says how far the run came.</p>
      </Empty>
    ) : (
      <Empty title="No output yet">
        <p className="muted">What steps give back is shown when the run has ended.</p>
      </Empty>
    )
  return (
    <div className="outputs">
      {outputs.map(([step, value]) => (
        <section key={step} aria-label={`Output of ${step}`}>
          <h2>
            {step} <CopyButton text={toText(value)} what={`the output of ${step}`} />
          </h2>
          {isStub(value) ? (
            <p className="stub">
              <TriangleAlert size={16} aria-hidden /> Offline text: no model was asked.
            </p>
          ) : null}
          <Value value={value} />
        </section>
      ))}
    </div>
  )
}

/** Members of an object as a list, so that prose reads as prose; whatever lies deeper is shown as JSON. */
function Value({ value }: { readonly value: unknown }) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return <pre>{toText(value)}</pre>
  return (
    <dl className="output-members">
      {Object.entries(value).map(([name, member]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof member === 'string' ? member : <pre>{toText(member)}</pre>}</dd>
        </div>
      ))}
    </dl>
  )
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'nothing')
}

function isStub(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'stub' in value && value.stub === true
}
