import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatDiagnostic, validatePaths } from '../../src/main/registry/index.ts'
import { makeTree, scenario, scenarioPath } from './tree.ts'

const broken = {
  [scenarioPath]: scenario({ trust: '    boundary: none' }),
  'demo/pack.yaml': 'apiVersion: a\nkind: ScenarioPack\nmetadata: { slug: demo, name: Demo, nam: x }\n',
  'other/pack.yaml': 'kind: ScenarioPack\n',
}

function files(root: string, paths: readonly string[]) {
  return [...new Set(validatePaths(root, paths).map(({ file }) => file))].sort()
}

test('B-70: without paths the whole root is checked', () => {
  expect(files(makeTree(broken).root, [])).toEqual(['demo/pack.yaml', scenarioPath, 'other/pack.yaml'].sort())
})

test.each([
  ['a pack folder', 'demo', ['demo/pack.yaml', scenarioPath]],
  ['a scenario folder', 'demo/talk', [scenarioPath]],
  ['a scenario file', scenarioPath, [scenarioPath]],
  ['a pack file', 'demo/pack.yaml', ['demo/pack.yaml']],
  ['a good manifest', '_shared/agents/asker.yaml', []],
])('%s is checked alone', (_title, path, expected) => {
  const { root } = makeTree(broken)
  expect(files(root, [join(root, path)])).toEqual(expected.toSorted())
})

test('a path given twice is reported once', () => {
  const { root } = makeTree(broken)
  expect(validatePaths(root, [join(root, 'demo'), join(root, scenarioPath)])).toHaveLength(2)
})

test('an included file stands for the scenarios that include it', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ agents: '    !include ../../agents.yaml' }),
    'demo/agents.yaml': '- { id: asker, ref: 5 }\n',
  })
  expect(files(root, [join(root, 'demo/agents.yaml')])).toEqual(['demo/agents.yaml'])
})

test('a file that the registry does not read is not called good', () => {
  const { root } = makeTree({ 'demo/talk/scenario.yaml': scenario() })
  expect(validatePaths(root, [join(root, 'demo/talk/scenario.yaml')])).toMatchObject([
    { rule: 'not-loaded', severity: 'error', file: 'demo/talk/scenario.yaml' },
  ])
})

test('a folder outside that is a scenarios root itself is checked as one', () => {
  const other = makeTree(broken).root
  const { root } = makeTree({})
  const found = validatePaths(root, [other])
  expect(found.length).toBeGreaterThan(0)
  for (const { file } of found) expect(file).toMatch(/^\.\.\/scenarios-/)
})

test.each(['', 'nothing.yaml'])('a path outside the root is refused: %s', (name) => {
  const { root } = makeTree({})
  const outside = join(root, '..', name)
  expect(() => validatePaths(root, [outside])).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('a problem reads file:line:column rule message', () => {
  const { root } = makeTree(broken)
  expect(validatePaths(root, [join(root, 'demo/pack.yaml')]).map(formatDiagnostic)).toEqual([
    'demo/pack.yaml:3:37 unknown-key There is no key nam here. Did you mean name?',
  ])
})
