import type { rules } from '../../src/main/registry/index.ts'
import { agents, goodTree, manifest, metadata, scenario, scenarioPath, versionFolder } from './tree.ts'

const step = (members: string) => scenario({ steps: `      - { ${members} }` })
const workflow = 'type: workflow, agent: asker, capability: ask.question'

/** A tree that is wrong in one way, at its marks; `expected` is for places where no mark can stand. */
export type BrokenTree = [
  title: string,
  rule: keyof typeof rules,
  changed: Record<string, string | Uint8Array>,
  expected?: string[],
]

/** YAML, includes, keys, values and names. */
export const brokenFiles: BrokenTree[] = [
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
]
