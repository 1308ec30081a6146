import { expect, test } from 'vitest'
import { loadRegistry, rules } from '../../src/main/registry/index.ts'
import { brokenFiles } from './broken-files.ts'
import { brokenScenarios } from './broken-scenarios.ts'
import { hostileFiles } from './hostile-files.ts'
import { makeTree, scenario, scenarioPath } from './tree.ts'

const table = [...brokenFiles, ...brokenScenarios, ...hostileFiles]

test.each(table)('reports %s as %s, where it is', (_title, rule, changed, expected) => {
  const { root, marks } = makeTree(changed)
  const { diagnostics } = loadRegistry(root)
  expect(
    diagnostics.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`).sort(),
  ).toEqual((expected ?? marks.map((place) => `${place} ${rule}`)).toSorted())
  const severe = diagnostics.filter((found) => found.rule === rule).map(({ severity }) => severity)
  expect(new Set(severe)).toEqual(new Set([rules[rule].severity]))
})

test('finds nothing wrong with a good tree', () => {
  expect(loadRegistry(makeTree({}).root)).toMatchObject({
    diagnostics: [],
    scenarios: [{ ref: 'demo/talk@1.0.0' }],
  })
})

test('has a tree for every rule', () => {
  const unseen = Object.keys(rules).filter((rule) => !table.some(([, shown]) => shown === rule))
  expect(unseen).toEqual(['not-loaded', 'unreadable-folder'])
})

test.each([
  [
    'fault: { kind: manifest_405 }',
    /fault\.kind is "manifest_405", which is none of manifest_404, .*, forged_revocation_list\. Did you mean manifest_404\?$/,
  ],
  ['fault: { note: x }', /fault\.kind is missing\.$/],
])('says of a step with `%s` what could stand there', (wrong, message) => {
  const changed = scenario({
    steps: `      - { id: shake, type: handshake, initiator: asker, responder: asker, ${wrong} }`,
  })
  const { diagnostics } = loadRegistry(makeTree({ [scenarioPath]: changed }).root)
  expect(diagnostics.map((found) => found.message)).toContainEqual(expect.stringMatching(message))
  expect(JSON.stringify(diagnostics)).not.toMatch(/Invalid|discriminator/)
})
