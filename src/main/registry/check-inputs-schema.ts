import { Ajv2020 } from 'ajv/dist/2020.js'
import type { InputsSchema } from './inputs.ts'
import { inputsAjv } from './inputs.ts'
import type { Problem } from './problem.ts'

const at = ['spec', 'inputs', 'schema']

/** Whether `inputs.schema` is a JSON Schema, and whether it uses words that JSON Schema does not know. */
export function checkInputsSchema(schema: InputsSchema): Problem[] {
  const ajv = inputsAjv()
  try {
    if (ajv.validateSchema(schema) !== true) {
      return (ajv.errors ?? []).map(({ instancePath, message }) => ({
        rule: 'inputs-schema',
        path: [...at, ...pointer(instancePath)],
        message: `This is not JSON Schema 2020-12: it ${message ?? 'does not fit'}.`,
      }))
    }
    ajv.compile(schema)
  } catch (thrown) {
    return [{ rule: 'inputs-schema', path: at, message: `This is not JSON Schema 2020-12: ${text(thrown)}.` }]
  }
  try {
    new Ajv2020({ strictSchema: true, strictTypes: false, validateFormats: false }).compile(schema)
    return []
  } catch (thrown) {
    return [{ rule: 'inputs-schema-keyword', path: at, message: `${text(thrown)}.` }]
  }
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
