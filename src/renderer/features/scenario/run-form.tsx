import { CircleX, Play, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Button, Form } from 'react-aria-components'
import type { ScenarioDetail } from '../../../shared/contract.ts'
import { useStartRun } from '../../api/queries.ts'
import { Toggle } from '../../components/toggle.tsx'
import { navigate, runHref } from '../../store/router.ts'
import { hostProblems } from './host-problems.ts'
import { InputControl } from './input-control.tsx'
import { fieldsOf, initialTexts, problemOf, valuesOf } from './input-fields.ts'
import { TemplateSelect } from './template-select.tsx'

export function RunForm({ scenario }: { readonly scenario: ScenarioDetail }) {
  const fields = fieldsOf(scenario.spec.inputs.schema)
  const [texts, setTexts] = useState(() => initialTexts(fields))
  const [template, setTemplate] = useState<string | null>(null)
  const [paused, setPaused] = useState(false)
  const start = useStartRun()

  const refused = start.error ? hostProblems(start.error, fields) : new Map<string, string>()
  const problems = fields.map((field) => ({ field, problem: problemOf(field, texts[field.name] ?? '') }))
  const invalid = problems.filter(({ problem }) => problem !== null)

  const run = () =>
    start.mutate(
      { scenario_ref: scenario.ref, inputs: valuesOf(fields, texts), template, run_label: null, paused },
      { onSuccess: ({ run_id }) => navigate(runHref(run_id)) },
    )

  return (
    <Form
      className="run-form"
      aria-label="Run this scenario"
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault()
        if (invalid.length === 0 && !start.isPending) run()
      }}
    >
      <h2>Run it</h2>
      {scenario.templates.length > 0 ? (
        <TemplateSelect templates={scenario.templates} chosen={template} onChoose={setTemplate} />
      ) : null}
      {problems.map(({ field, problem }) => (
        <InputControl
          key={field.name}
          field={field}
          text={texts[field.name] ?? ''}
          problem={problem ?? refused.get(field.name) ?? null}
          onChange={(text) => {
            setTexts({ ...texts, [field.name]: text })
            start.reset()
          }}
        />
      ))}
      {fields.length === 0 ? <p className="muted">This scenario takes no inputs.</p> : null}
      <Toggle
        label="Start paused"
        description="Agents start and trust is established; then the run stands still before its first step."
        isOn={paused}
        onChange={setPaused}
      />
      <Button
        type="submit"
        className="button primary run-button"
        isDisabled={invalid.length > 0 || start.isPending}
      >
        <Play size={16} aria-hidden /> {start.isPending ? 'Starting' : 'Run'}
      </Button>
      <div role="status" className="run-form-why">
        {invalid.length > 0 ? (
          <p>
            <TriangleAlert size={16} className="tone-caution" aria-hidden /> It cannot run yet:{' '}
            {invalid.map(({ field }) => field.title).join(', ')}.
          </p>
        ) : null}
      </div>
      {start.error ? (
        <div role="alert" className="run-form-why">
          <p>
            <CircleX size={16} className="tone-refused" aria-hidden /> It did not start. {start.error.message}
          </p>
          <p className="muted small">
            Code <code>{start.error.code}</code>
          </p>
        </div>
      ) : null}
    </Form>
  )
}
