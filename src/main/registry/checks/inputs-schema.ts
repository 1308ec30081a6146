import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { InputsSchema } from '../inputs.ts'
import { inputsAjv } from '../inputs.ts'
import type { Problem } from '../problem.ts'

const at = ['spec', 'inputs', 'schema']

/** Compiling the meta-schema is slow, so that is done once; a scenario's schema goes into an instance of its own. */
const metaSchema = new Ajv2020({ allErrors: true, strict: false })

/** Whether `inputs.schema` is a JSON Schema, and whether it uses words that JSON Schema does not know. */
export function checkInputsSchema(schema: InputsSchema): Problem[] {
  try {
    if (metaSchema.validateSchema(schema) !== true) return metaProblems(metaSchema.errors ?? [])
    inputsAjv().compile(schema)
  } catch (thrown) {
    return [{ rule: 'inputs-schema', path: at, message: `This is not JSON Schema 2020-12: ${text(thrown)}.` }]
  }
  try {
    const strict = { strictSchema: true, strictTypes: false, validateFormats: false, validateSchema: false }
    new Ajv2020(strict).compile(schema)
    return []
  } catch (thrown) {
    return [{ rule: 'inputs-schema-keyword', path: at, message: `${text(thrown)}.` }]
  }
}

/** One for each place: the meta-schema fails in several ways at once for one wrong word. */
function metaProblems(errors: readonly ErrorObject[]): Problem[] {
  const first = new Map(errors.toReversed().map((error) => [error.instancePath, error]))
  return [...first.values()].toReversed().map(({ instancePath, message }) => ({
    rule: 'inputs-schema',
    path: [...at, ...pointer(instancePath)],
    message: `This is not JSON Schema 2020-12: it ${message ?? 'does not fit'}.`,
  }))
}

function pointer(instancePath: string): (string | number)[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

function text(thrown: unknown): string {
  return thrown instanceof Error
    ? thrown.message.replace(/^strict mode: /, '').replace(/\.$/, '')
    : String(thrown)
}
