import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findScenario, loadRegistry } from '../../src/main/registry/index.ts'
import {
  agents,
  makeTree,
  manifest,
  metadata,
  scenario,
  scenarioPath,
  template,
  versionFolder,
} from './tree.ts'

const shipped = join(import.meta.dirname, '../../scenarios')

test('B-02: one bad file of each kind hides none of the good ones', () => {
  const { root } = makeTree({
    '_shared/agents/bad.yaml': 'kind: [',
    'bad/pack.yaml': 'kind: ScenarioPack\n',
    'demo/talk/1.1.0/scenario.yaml': scenario({
      metadata: metadata({ version: '1.1.0' }),
      trust: '    boundary: none',
    }),
    [`${versionFolder}/templates/bad.yaml`]: template('  trust: { boundary: none }', 'bad'),
    [`${versionFolder}/templates/good.yaml`]: template('  trust: { eager: false }', 'good'),
  })
  const registry = loadRegistry(root)
  expect({
    packs: registry.packs.map(({ metadata }) => metadata.slug),
    scenarios: registry.scenarios.map(({ ref, templates }) => [
      ref,
      templates.map(({ metadata }) => metadata.name),
    ]),
    broken: registry.broken.map(({ ref, template }) => [ref, template]),
    manifests: [...registry.agentManifests.keys()],
    files: [...new Set(registry.diagnostics.map(({ file }) => file))],
  }).toEqual({
    packs: ['demo'],
    scenarios: [['demo/talk@1.0.0', ['good']]],
    broken: [
      ['demo/talk@1.0.0', 'bad'],
      ['demo/talk@1.1.0', null],
    ],
    manifests: ['_shared/agents/asker', '_shared/agents/teller'],
    files: [
      '_shared/agents/bad.yaml',
      'bad/pack.yaml',
      `${versionFolder}/templates/bad.yaml`,
      'demo/talk/1.1.0/scenario.yaml',
    ],
  })
})

test('a pack whose pack.yaml has errors still loads its scenarios', () => {
  const { root } = makeTree({ 'demo/pack.yaml': 'kind: ScenarioPack\n' })
  expect(loadRegistry(root)).toMatchObject({ packs: [], scenarios: [{ ref: 'demo/talk@1.0.0' }] })
})

test('refuses a root that is missing', () => {
  expect(() => loadRegistry('/nowhere/at/all')).toThrow(
    expect.objectContaining({ code: 'registry_validation_error' }),
  )
})

test('B-01: of two files with one reference neither is loaded, and each names the other', () => {
  const { root } = makeTree({ 'demo/talk-2/1.0.0/scenario.yaml': scenario() })
  const { scenarios, diagnostics } = loadRegistry(root)
  expect(scenarios).toEqual([])
  const messages = diagnostics.filter(({ rule }) => rule === 'duplicate-ref').map(({ message }) => message)
  expect(messages).toEqual([
    `demo/talk@1.0.0 is also the reference of demo/talk-2/1.0.0/scenario.yaml.`,
    `demo/talk@1.0.0 is also the reference of ${scenarioPath}.`,
  ])
})

test('B-03: a scenario with only warnings still runs, without the unknown key', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ trust: '    boundary: intra_org\n    eagre: false' }),
  })
  const registry = loadRegistry(root)
  expect(registry.diagnostics).toMatchObject([
    { rule: 'unknown-key', severity: 'warning', message: 'There is no key eagre here. Did you mean eager?' },
  ])
  expect(findScenario(registry, 'demo/talk@1.0.0').scenario.spec.trust).toMatchObject({
    boundary: 'intra_org',
    discovery: 'static',
    eager: true,
  })
})

test('B-04: a link that leads out of the root is refused', () => {
  const outside = makeTree({ 'secret.yaml': '[]' }).root
  const { root } = makeTree({ [scenarioPath]: scenario({ agents: '    !include agents.yaml' }) })
  symlinkSync(join(outside, 'secret.yaml'), join(root, versionFolder, 'agents.yaml'))
  expect(loadRegistry(root).diagnostics).toMatchObject([
    { rule: 'outside-root', file: scenarioPath, line: 15 },
  ])
})

test('an include gives its content, from a folder of its own', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ agents: '    !include ../../shared/agents.yaml' }),
    'demo/shared/agents.yaml': '- !include one.yaml\n- { id: teller, ref: _shared/agents/teller.yaml }\n',
    'demo/shared/one.yaml': 'id: asker\nref: ./_shared/agents/asker\n',
  })
  const found = findScenario(loadRegistry(root), 'demo/talk@1.0.0')
  expect(Object.entries(found.manifests).map(([id, { metadata }]) => [id, metadata.id])).toEqual([
    ['asker', 'asker'],
    ['teller', 'teller'],
  ])
})

test('an include is named as the place of what is wrong inside it', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ agents: '    !include ../../agents.yaml' }),
    'demo/agents.yaml': '- id: asker\n  ref: 5\n',
  })
  expect(loadRegistry(root).diagnostics).toMatchObject([{ file: 'demo/agents.yaml', line: 2, column: 8 }])
})

test('B-07: `type: meta` may be written, and an untyped step that only describes means the same', () => {
  const steps = '      - { id: one, type: meta, description: a }\n      - { id: two, description: b }'
  const { root } = makeTree({ [scenarioPath]: scenario({ steps }) })
  const { scenario: found } = findScenario(loadRegistry(root), 'demo/talk@1.0.0')
  expect(found.spec.workflow.steps).toEqual([
    { id: 'one', type: 'meta', description: 'a' },
    { id: 'two', type: 'meta', description: 'b' },
  ])
})

test('an untyped step with agent and capability is a workflow step', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ steps: '      - { id: ask, agent: asker, capability: ask.question }' }),
  })
  const { scenario: found } = findScenario(loadRegistry(root), 'demo/talk@1.0.0')
  expect(found.spec.workflow.steps).toMatchObject([{ id: 'ask', type: 'workflow' }])
})

test('a manifest outside the shared folder is loaded when an agent refers to it', () => {
  const { root } = makeTree({
    [scenarioPath]: scenario({ agents: `${agents}\n    - { id: own, ref: demo/own }` }),
    'demo/own.yaml': manifest('own', 'own.thing'),
  })
  expect(loadRegistry(root).agentManifests.get('demo/own')?.metadata.id).toBe('own')
})

test('a scenario too broken to name itself is known by its folders', () => {
  const { root } = makeTree({ [scenarioPath]: 'nothing: here\n' })
  expect(loadRegistry(root).broken).toMatchObject([{ ref: 'demo/talk@1.0.0' }])
})

test('an edit is seen by the next load', () => {
  const { root } = makeTree({})
  loadRegistry(root)
  writeFileSync(join(root, scenarioPath), scenario({ metadata: metadata({ name: 'Changed' }) }))
  expect(loadRegistry(root).scenarios[0]?.scenario.metadata.name).toBe('Changed')
})

test('the shipped scenarios have no problems', () => {
  expect(loadRegistry(shipped).diagnostics).toEqual([])
})

test('B-73: the shipped demonstration has the researcher call the writer', () => {
  const { scenario: found, manifests } = findScenario(
    loadRegistry(shipped),
    'intra-org/research-and-write@1.0.0',
  )
  const write = found.spec.workflow.steps.find(({ id }) => id === 'write')
  expect(write).toMatchObject({ agent: 'researcher', capability: 'write.content', input_from: 'research' })
  expect(manifests['researcher']?.spec.aitp.offered_caps).not.toContain('write.content')
})

test('a folder or link that cannot be looked into is named, and hides nothing else', () => {
  const { root } = makeTree({})
  symlinkSync('circle', join(root, 'circle'))
  const { scenarios, diagnostics } = loadRegistry(root)
  expect(scenarios.map(({ ref }) => ref)).toEqual(['demo/talk@1.0.0'])
  expect(diagnostics).toMatchObject([{ file: 'circle', rule: 'unreadable-folder' }])
})
