import { expect, test } from 'vitest'
import { findScenario, loadRegistry } from '../../src/main/registry/index.ts'
import { AppError } from '../../src/shared/errors.ts'
import { makeTree, metadata, scenario, scenarioPath, template, versionFolder } from './tree.ts'

const ref = 'demo/talk@1.0.0'
const quick = `${versionFolder}/templates/quick.yaml`

function find(changed: Record<string, string>, wanted = ref, templateName: string | null = null) {
  return findScenario(loadRegistry(makeTree(changed).root), wanted, templateName)
}

function refusal(act: () => unknown) {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof AppError)
      return { code: thrown.code, message: thrown.message, details: thrown.details }
    throw thrown
  }
  throw new Error('nothing was refused')
}

test('an unknown reference is refused with the ones that are near', () => {
  expect(refusal(() => find({}, 'demo/tlak@1.0'))).toEqual({
    code: 'scenario_not_found',
    message: 'There is no scenario demo/tlak@1.0. Did you mean demo/talk@1.0.0?',
    details: { ref: 'demo/tlak@1.0' },
  })
})

test('an unknown reference with none near is refused with what there is', () => {
  expect(refusal(() => find({}, 'x')).message).toBe('There is no scenario x. There are: demo/talk@1.0.0.')
})

test('B-05: a scenario with errors is refused with the first of them and all of them', () => {
  const changed = { [scenarioPath]: scenario({ trust: '    boundary: none\n    eagre: 1' }) }
  expect(refusal(() => find(changed))).toMatchObject({
    code: 'scenario_invalid',
    message: expect.stringMatching(/^demo\/talk\/1\.0\.0\/scenario\.yaml:18:15 wrong-value /),
    details: { diagnostics: [{ rule: 'unknown-key' }, { rule: 'wrong-value' }] },
  })
})

test('a template with errors is refused, its base is not', () => {
  const changed = { [quick]: template('  trust: { boundary: none }', 'quick') }
  expect(refusal(() => find(changed, ref, 'quick')).code).toBe('scenario_invalid')
  expect(find(changed).template).toBeNull()
})

test('an unknown template is refused with those that there are', () => {
  const changed = { [quick]: template('  {}', 'quick') }
  expect(refusal(() => find(changed, ref, 'slow'))).toMatchObject({
    code: 'template_not_found',
    message: 'Scenario demo/talk@1.0.0 has no template slow. It has quick.',
  })
  expect(refusal(() => find({}, ref, 'slow')).message).toContain('It has none.')
})

test('a template patches trust member by member: what it does not write stays', () => {
  const { scenario: merged } = find(
    {
      [scenarioPath]: scenario({ trust: '    boundary: cross_org\n    eager: false' }),
      [quick]: template('  trust: { boundary: cross_cloud }', 'quick'),
    },
    ref,
    'quick',
  )
  expect(merged.spec.trust).toMatchObject({ boundary: 'cross_cloud', discovery: 'static', eager: false })
})

test('a template replaces agents and workflow whole and keeps inputs and reference', () => {
  const spec = `  agents:
    - { id: teller, ref: _shared/agents/teller }
  workflow:
    steps:
      - { id: tell, agent: teller, capability: tell.story }`
  const found = find({ [quick]: template(spec, 'quick') }, ref, 'quick')
  expect(found).toMatchObject({
    ref,
    template: 'quick',
    scenario: { spec: { inputs: { schema: { type: 'object' } } } },
  })
  expect(found.scenario.spec.agents.map(({ id }) => id)).toEqual(['teller'])
  expect(found.scenario.spec.workflow.steps.map(({ id }) => id)).toEqual(['tell'])
  expect(Object.keys(found.manifests)).toEqual(['teller'])
})

test.each([
  ['Talk', 'Talk (template: quick)'],
  ['"Talk (template: quick)"', 'Talk (template: quick)'],
])('the name %s gets its suffix once', (name, expected) => {
  const changed = {
    [scenarioPath]: scenario({ metadata: metadata({ name }) }),
    [quick]: template('  {}', 'quick'),
  }
  expect(find(changed, ref, 'quick').scenario.metadata).toMatchObject({
    name: expected,
    summary: 'Two talk.',
  })
})
