import type { ScenarioFile } from '../../shared/scenario.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { Path } from './source.ts'
import { member } from './step-shapes.ts'

/** The tokens of an `input_template` that will not be replaced by an input. */
export function checkPlaceholders(template: string, path: Path, scenario: ScenarioFile): Problem[] {
  const problems: Problem[] = []
  const { schema } = scenario.spec.inputs
  const known = Object.keys(Object(member(schema, 'properties')))
  const open =
    known.length === 0 || ['patternProperties', 'additionalProperties'].some((key) => Boolean(schema[key]))
  for (const [token] of template.matchAll(/\{\{[^{}]*\}\}/g)) {
    const name = /^\{\{ inputs\.(\S+) \}\}$/.exec(token)?.[1]
    if (name === undefined) {
      const message = `${token} stays as it is; only {{ inputs.NAME }} is replaced, one space inside each brace.`
      problems.push({ rule: 'placeholder-form', path, message })
    } else if (!known.includes(name) && !open) {
      const message = `${token} names no input of inputs.schema.${suggestion(name, known)}`
      problems.push({ rule: 'placeholder', path, message })
    }
  }
  return problems
}
