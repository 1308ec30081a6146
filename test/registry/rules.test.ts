import { expect, test } from 'vitest'
import { loadRegistry, rules } from '../../src/main/registry/index.ts'
import { brokenFiles } from './broken-files.ts'
import { brokenScenarios } from './broken-scenarios.ts'
import { hostileFiles } from './hostile-files.ts'
import { makeTree } from './tree.ts'

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
