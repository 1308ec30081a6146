import type { RunContext } from './run-context.ts'

const placeholder = /\{\{ inputs\.([\w.-]+) \}\}/g

/** The one value a step takes: an earlier step's output, the rendered template, or all inputs. */
export function stepInput(
  step: { input_from?: string | undefined; input_template?: string | undefined },
  context: Pick<RunContext, 'inputs' | 'outputs'>,
): unknown {
  if (step.input_from !== undefined) return context.outputs[step.input_from]
  if (step.input_template !== undefined) return renderTemplate(step.input_template, context.inputs)
  return context.inputs
}

/** Replaces `{{ inputs.NAME }}` by the input's text; objects and arrays become JSON, unknown names stay as written. */
export function renderTemplate(template: string, inputs: Readonly<Record<string, unknown>>): string {
  return template.replace(placeholder, (whole, name: string) => {
    if (!Object.hasOwn(inputs, name)) return whole
    const value = inputs[name]
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}
