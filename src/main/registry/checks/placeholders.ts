import type { ScenarioFile } from '../../../shared/scenario.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import { suggestion } from '../nearest.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import { member } from '../step-shapes.ts'
import type { StepContext } from './context.ts'

/** The tokens of an `input_template` that will not be replaced. */
export function checkTemplates(step: SingleStep, path: Path, context: StepContext): Problem[] {
  if (!('input_template' in step) || step.input_template === undefined) return []
  const at = [...path, 'input_template']
  return [...step.input_template.matchAll(/\{\{[^{}]*\}\}/g)].flatMap(([token]) =>
    checkToken(token, at, context),
  )
}

function checkToken(token: string, path: Path, context: StepContext): Problem[] {
  const { source, name } = /^\{\{ (?<source>inputs|outputs)\.(?<name>\S+) \}\}$/.exec(token)?.groups ?? {}
  if (source === undefined || name === undefined) {
    const message = `${token} stays as it is; {{ inputs.NAME }} and {{ outputs.STEP.path }} are replaced, one space inside each brace.`
    return [{ rule: 'placeholder-form', path, message }]
  }
  return source === 'inputs'
    ? checkInput(token, name, path, context.scenario)
    : checkOutput(token, name, path, context)
}

function checkInput(token: string, name: string, path: Path, { spec }: ScenarioFile): Problem[] {
  const { schema } = spec.inputs
  const known = Object.keys(Object(member(schema, 'properties')))
  const open =
    known.length === 0 || ['patternProperties', 'additionalProperties'].some((key) => Boolean(schema[key]))
  if (known.includes(name) || open) return []
  const message = `${token} names no input of inputs.schema.${suggestion(name, known)}`
  return [{ rule: 'placeholder', path, message }]
}

function checkOutput(token: string, name: string, path: Path, { earlier }: StepContext): Problem[] {
  const known = earlier.filter(({ type }) => type !== 'meta').map(({ id }) => id)
  // Ids may have dots in them, so the longest that fits is meant.
  if (known.some((id) => name === id || name.startsWith(`${id}.`))) return []
  const message = `${token} names no earlier step with an output.${suggestion(name.split('.')[0] ?? name, known)}`
  return [{ rule: 'placeholder', path, message }]
}
