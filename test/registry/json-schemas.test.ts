import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchemas } from '../../src/main/registry/json-schemas.ts'
import { faultKinds } from '../../src/shared/faults.ts'
import { stepTypes } from '../../src/shared/steps.ts'
import { repositoryRoot, shippedScenarios } from '../support/repository.ts'

const published = (name: string): object =>
  JSON.parse(readFileSync(join(repositoryRoot, 'schemas', `${name}.schema.json`), 'utf8'))

const kinds: Readonly<Record<string, string>> = {
  AgentManifest: 'agent-manifest',
  ScenarioPack: 'pack',
  ScenarioVersion: 'scenario',
  ScenarioTemplate: 'template',
}

const compiled = new Map<string, ReturnType<Ajv2020['compile']>>()

function validatorOf(name: string): ReturnType<Ajv2020['compile']> {
  const validate =
    compiled.get(name) ?? new Ajv2020({ strict: false, validateFormats: false }).compile(published(name))
  compiled.set(name, validate)
  return validate
}

test.each(Object.keys(jsonSchemas()))(
  'the published schema %s is what the loader uses; else run `npm run schemas`',
  (name) => {
    expect(published(name)).toEqual(JSON.parse(JSON.stringify(jsonSchemas()[name])))
  },
)

test('every shipped file fits its published schema', () => {
  const files = readdirSync(shippedScenarios, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  )
  expect(files.length).toBeGreaterThan(30)
  for (const file of files) {
    const value = parse(readFileSync(join(shippedScenarios, file), 'utf8'))
    const validate = validatorOf(kinds[value.kind] ?? '')
    expect(validate(value), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true)
  }
})

test('the schema of a scenario knows every step type and every fault, and marks what the loader marks', () => {
  const text = JSON.stringify(published('scenario'))
  for (const name of [...stepTypes, ...faultKinds]) expect(text).toContain(`"const":"${name}"`)
  const file = parse(readFileSync(join(shippedScenarios, 'intra-org/trust-gate/1.0.0/scenario.yaml'), 'utf8'))
  const validate = validatorOf('scenario')
  expect(
    validate({ ...file, spec: { ...file.spec, workflow: { steps: [{ id: 'x', type: 'workfow' }] } } }),
  ).toBe(false)
  expect(validate({ ...file, spec: { ...file.spec, triust: {} } })).toBe(false)
  expect(
    validate({
      ...file,
      spec: { ...file.spec, workflow: { steps: [{ id: 'x', agent: 'a', capability: 'c' }] } },
    }),
  ).toBe(true)
})
