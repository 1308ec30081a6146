import { expect, test } from 'vitest'
import { loadRegistry, rules } from '../../src/main/registry/index.ts'
import {
  agents,
  goodTree,
  makeTree,
  manifest,
  metadata,
  scenario,
  scenarioPath,
  template,
  versionFolder,
} from './tree.ts'

const step = (members: string) => scenario({ steps: `      - { ${members} }` })
const workflow = 'type: workflow, agent: asker, capability: ask.question'
const asTemplate = `${versionFolder}/templates/other.yaml`

/** Each tree is wrong in one way, at the marks, and says so with one rule; `expected` is for places where no mark can stand. */
const table: [
  title: string,
  rule: keyof typeof rules,
  changed: Record<string, string>,
  expected?: string[],
][] = [
  // YAML
  ['YAML that does not parse', 'yaml-syntax', { [scenarioPath]: 'metadata: [1, 2\n▸' }],
  [
    'a key written twice',
    'yaml-syntax',
    { 'demo/pack.yaml': `${goodTree['demo/pack.yaml']}▸kind: ScenarioPack\n` },
  ],
  [
    'a tag nobody defines',
    'yaml-syntax',
    { [scenarioPath]: scenario({ trust: '    boundary: ▸!secret intra_org' }) },
  ],
  [
    'two documents in one file',
    'yaml-syntax',
    { 'demo/pack.yaml': `${goodTree['demo/pack.yaml']}▸---\na: 1\n` },
  ],
  [
    'an alias inside its own anchor',
    'yaml-syntax',
    { [scenarioPath]: scenario({ schema: '      &a { not: ▸*a }' }) },
  ],
  // Includes and references, B-04
  [
    'B-04: an include that leaves the root',
    'outside-root',
    { [scenarioPath]: scenario({ agents: '    !include ▸../../../../agents.yaml' }) },
  ],
  [
    'B-04: an include by absolute path',
    'outside-root',
    { [scenarioPath]: scenario({ agents: '    !include ▸/etc/hosts' }) },
  ],
  [
    'B-04: an include of nothing',
    'include',
    { [scenarioPath]: scenario({ agents: '    !include ▸agents.yaml' }) },
  ],
  [
    'B-04: an include of a folder',
    'include',
    { [scenarioPath]: scenario({ agents: '    !include ▸../1.0.0' }) },
  ],
  [
    'B-04: an include of itself',
    'include-cycle',
    { [scenarioPath]: scenario({ agents: '    !include ▸scenario.yaml' }) },
  ],
  [
    'B-04: two files that include each other',
    'include-cycle',
    {
      [scenarioPath]: scenario({ agents: '    !include ../../agents.yaml' }),
      'demo/agents.yaml': '- !include ../_shared/one.yaml\n',
      '_shared/one.yaml': 'id: !include ▸../demo/agents.yaml\n',
    },
  ],
  [
    'B-04: an agent reference that leaves the root',
    'outside-root',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: spy, ref: ▸../../spy }` }) },
  ],
  ['B-04: a file of more than 1 MiB', 'file-limit', { [scenarioPath]: `▸# ${'x'.repeat(1024 * 1024)}\n` }],
  [
    'B-04: aliases that unfold to more than is allowed',
    'file-limit',
    {
      'demo/pack.yaml': `a: &a [${'1,'.repeat(100)}]\nb: &b [${'*a,'.repeat(100)}]\nc: [${'*b,'.repeat(6)}]\n`,
    },
    ['demo/pack.yaml:1:24 file-limit'],
  ],
  // Keys and values
  [
    'B-03: a misspelt key',
    'unknown-key',
    { [scenarioPath]: scenario({ trust: '    boundary: intra_org\n    ▸eagre: false' }) },
  ],
  [
    'B-03: a key that a step of this type does not have',
    'unknown-key',
    { [scenarioPath]: step(`id: ask, ${workflow}, ▸responder: teller`) },
  ],
  [
    'B-03: an unknown key in an included file',
    'unknown-key',
    {
      [scenarioPath]: scenario({ agents: '    !include agents.yaml' }),
      [`${versionFolder}/agents.yaml`]: `${agents.replaceAll('    -', '-')}\n- { id: third, ref: _shared/agents/asker, ▸prot_offset: 2 }\n`,
    },
  ],
  [
    'a missing key',
    'missing-key',
    { [scenarioPath]: scenario({ trust: '    eager: true' }).replace('  trust', '  ▸trust') },
  ],
  ['an empty file', 'wrong-value', { 'demo/pack.yaml': '▸\n' }],
  [
    'a number where text is wanted',
    'wrong-value',
    { [scenarioPath]: scenario({ metadata: metadata({ version: '▸1.0' }) }) },
  ],
  [
    'a boundary that does not exist',
    'wrong-value',
    { [scenarioPath]: scenario({ trust: '    boundary: ▸intra-org' }) },
  ],
  ['no agents', 'wrong-value', { [scenarioPath]: scenario({ agents: '    ▸[]', steps: '      []' }) }],
  [
    'the wrong kind',
    'wrong-value',
    { 'demo/pack.yaml': (goodTree['demo/pack.yaml'] ?? '').replace('kind: S', 'kind: ▸Agent') },
  ],
  [
    'a capability with white space',
    'wrong-value',
    { '_shared/agents/third.yaml': manifest('third', '▸a b') },
  ],
  // Names
  [
    'a slug that is not kebab-case',
    'kebab-case',
    {
      'demo/pack.yaml': (goodTree['demo/pack.yaml'] ?? '').replace('demo', '▸Demo_1'),
      [scenarioPath]: scenario({ metadata: metadata({ pack: 'Demo_1' }) }),
    },
  ],
  [
    'a version that is not three numbers',
    'version-form',
    { 'demo/talk/v1/scenario.yaml': scenario({ metadata: metadata({ version: '▸v1' }) }) },
  ],
  [
    'a pack that is not the one it lies in',
    'pack-mismatch',
    { [scenarioPath]: scenario({ metadata: metadata({ pack: '▸demos' }) }) },
  ],
  [
    'a folder that says another version',
    'path-mismatch',
    { [scenarioPath]: scenario({ metadata: metadata({ version: '▸1.0.1' }) }) },
  ],
  ['no summary', 'summary-missing', { [scenarioPath]: scenario({ metadata: metadata({ summary: '▸""' }) }) }],
  // Duplicates
  [
    'B-01: one reference twice',
    'duplicate-ref',
    {
      [scenarioPath]: scenario({ metadata: metadata({ scenario: '▸talk' }) }),
      'demo/talk-2/1.0.0/scenario.yaml': scenario({ metadata: metadata({ scenario: '▸talk' }) }),
    },
    [
      `${scenarioPath}:5:13 duplicate-ref`,
      'demo/talk-2/1.0.0/scenario.yaml:5:13 duplicate-ref',
      'demo/talk-2/1.0.0/scenario.yaml:5:13 path-mismatch',
    ],
  ],
  [
    'one slug twice',
    'duplicate-pack',
    {
      'demo/pack.yaml': `▸${goodTree['demo/pack.yaml']}`,
      'twin/pack.yaml': `▸${goodTree['demo/pack.yaml']}`,
    },
  ],
  [
    'B-05: one agent id twice',
    'duplicate-agent',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: ▸asker, ref: _shared/agents/asker }` }) },
  ],
  [
    'B-05: one step id twice',
    'duplicate-step',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow} }\n      - { id: ▸ask, ${workflow} }`,
      }),
    },
  ],
  [
    'two templates of one name',
    'duplicate-template',
    {
      [asTemplate]: template('  {}', '▸other'),
      [`${versionFolder}/templates/twin.yaml`]: template('  {}', '▸other'),
    },
  ],
  // Steps
  [
    'a step type of a later version',
    'step-type',
    { [scenarioPath]: step('id: revoke, type: ▸revoke_tct, issuer: asker, audience: teller') },
  ],
  [
    'a step type nobody has',
    'step-type',
    { [scenarioPath]: step('id: x, type: ▸workfow, agent: asker, capability: ask.question') },
  ],
  [
    'B-08: a handshake without its type',
    'step-type-missing',
    {
      [scenarioPath]: step('id: shake, initiator: asker, responder: teller').replace(
        '- { id: shake',
        '- ▸{ id: shake',
      ),
    },
  ],
  [
    'B-12: an unknown agent',
    'unknown-agent',
    { [scenarioPath]: step('id: ask, type: workflow, agent: ▸nobody, capability: ask.question') },
  ],
  [
    'B-12: an unknown target agent',
    'unknown-agent',
    { [scenarioPath]: step(`id: ask, ${workflow}, target_agent: ▸nobody`) },
  ],
  [
    'B-12: an unknown responder',
    'unknown-agent',
    { [scenarioPath]: step('id: shake, type: handshake, initiator: asker, responder: ▸nobody') },
  ],
  [
    'a handshake with itself',
    'handshake-self',
    { [scenarioPath]: step('id: shake, type: handshake, initiator: asker, responder: ▸asker') },
  ],
  [
    'B-05: a capability nobody offers',
    'capability',
    { [scenarioPath]: step('id: ask, type: workflow, agent: asker, capability: ▸ask.questions') },
  ],
  [
    'B-05: a capability the target does not offer',
    'capability',
    {
      [scenarioPath]: step(
        'id: tell, type: workflow, agent: teller, target_agent: teller, capability: ▸ask.question',
      ),
    },
  ],
  [
    'a grant the responder does not offer',
    'requested-grants',
    {
      [scenarioPath]: step(
        'id: shake, type: handshake, initiator: asker, responder: teller, requested_grants: [tell.story, ▸ask.question]',
      ),
    },
  ],
  [
    'B-10: input from a step that does not exist',
    'input-from',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_from: ▸before`) },
  ],
  [
    'B-10: input from itself',
    'input-from',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_from: ▸ask`) },
  ],
  [
    'B-10: input from a step without output',
    'input-from',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: say, type: meta }\n      - { id: ask, ${workflow}, input_from: ▸say }`,
      }),
    },
  ],
  [
    'B-10: input from a later step',
    'input-from',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow}, input_from: ▸then }\n      - { id: then, ${workflow} }`,
      }),
    },
  ],
  [
    'a placeholder for an input that does not exist',
    'placeholder',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_template: ▸"{{ inputs.topics }}"`) },
  ],
  [
    'a placeholder without its spaces',
    'placeholder-form',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_template: ▸"{{inputs.topic}}"`) },
  ],
  // Inputs, manifests, files
  [
    'an inputs schema that is none',
    'inputs-schema',
    { [scenarioPath]: scenario({ schema: '      properties: { topic: { type: ▸text } }' }) },
  ],
  [
    'a misspelt word in the inputs schema',
    'inputs-schema-keyword',
    { [scenarioPath]: scenario({ schema: '      ▸type: object\n      requird: [topic]' }) },
  ],
  [
    'an agent reference to nothing',
    'agent-ref',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: third, ref: ▸_shared/agents/third }` }) },
  ],
  ['a template that is none', 'stray-template', { [asTemplate]: '▸topic: rain\n' }],
  [
    'a template whose steps do not fit its agents',
    'unknown-agent',
    { [asTemplate]: template('  ▸agents:\n    - { id: teller, ref: _shared/agents/teller }') },
  ],
  [
    'a template with a wrong step',
    'unknown-agent',
    {
      [asTemplate]: template(
        '  workflow:\n    steps:\n      - { id: ask, type: workflow, agent: ▸nobody, capability: ask.question }',
      ),
    },
  ],
  [
    'B-08: a template step without its type',
    'step-type-missing',
    { [asTemplate]: template('  workflow:\n    steps:\n      - ▸{ id: shake, initiator: asker }') },
  ],
  [
    'a pack folder without pack.yaml',
    'pack-file-missing',
    { 'other/talk/1.0.0/scenario.yaml': 'x: 1\n' },
    ['other/pack.yaml:1:1 pack-file-missing'],
  ],
  [
    'a scenario file with the other suffix',
    'scenario-file-name',
    { 'demo/talk/2.0.0/scenario.yml': `▸${scenario()}` },
  ],
]

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
  expect(unseen).toEqual(['not-loaded'])
})
