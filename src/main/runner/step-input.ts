import { AppError } from '../../shared/errors.ts'
import { member } from '../registry/step-shapes.ts'
import type { RunContext } from './run-context.ts'
import { valueAt } from './value-at.ts'

const placeholder = /\{\{ (inputs|outputs)\.([\w.-]+) \}\}/g

type Values = Pick<RunContext, 'inputs' | 'outputs'>

/** The one value a step takes: an earlier step's output, the rendered template, or all inputs. */
export function stepInput(
  step: { input_from?: string | undefined; input_template?: string | undefined },
  context: Values,
): unknown {
  if (step.input_from !== undefined) return context.outputs[step.input_from]
  if (step.input_template !== undefined) return renderTemplate(step.input_template, context)
  return context.inputs
}

/**
 * Replaces `{{ inputs.NAME }}` and `{{ outputs.STEP.path }}` by the value's text; everything but text becomes JSON.
 * An input that there is not stays as written; throws `step_failed` for an output that there is not.
 */
export function renderTemplate(template: string, values: Values): string {
  return template.replace(placeholder, (whole, from: 'inputs' | 'outputs', name: string) => {
    // The name of an input may have dots in it.
    const value = member(values[from], name) ?? valueAt(values[from], name)
    if (value === undefined && from === 'outputs') {
      throw new AppError('step_failed', `${whole} names nothing: no earlier step left a value there.`)
    }
    if (value === undefined) return whole
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}
