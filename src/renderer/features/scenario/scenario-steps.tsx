import type { Step } from '../../../shared/steps.ts'

export function ScenarioSteps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="muted">None: agents start, shake hands and stop.</p>
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.id}>
          <div>
            <strong>{step.id}</strong> <span className="chip">{step.type}</span>
          </div>
          <p>{describe(step)}</p>
          {step.description === undefined ? null : <p className="muted small">{step.description}</p>}
        </li>
      ))}
    </ol>
  )
}

function describe(step: Step) {
  switch (step.type) {
    case 'meta':
      return 'Marks a place in the run; nothing is executed.'
    case 'handshake':
      return `${step.initiator} shakes hands with ${step.responder}${
        step.requested_grants ? ` and asks for ${step.requested_grants.join(', ')}` : ''
      }.`
    case 'workflow':
      return (
        <>
          {step.agent} performs <code>{step.capability}</code>
          {step.target_agent === undefined ? '' : ` at ${step.target_agent}`}
          {step.input_from === undefined ? '' : ` with the output of ${step.input_from}`}.
        </>
      )
  }
}
