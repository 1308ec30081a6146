import type { BrokenTree } from './broken-files.ts'
import { agents, goodTree, manifest, scenario, scenarioPath, template, versionFolder } from './tree.ts'

const step = (members: string) => scenario({ steps: `      - { ${members} }` })
const workflow = 'type: workflow, agent: asker, capability: ask.question'
const shake = 'id: shake, type: handshake, initiator: asker, responder: teller'
const pack = goodTree['demo/pack.yaml'] ?? ''
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const withAsker = (members: string) => scenario({ agents: agents.replace('asker }', `asker, ${members} }`) })
const withSpec = (spec: string) => scenario().replace(/spec:.*/s, `spec: ${spec}\n`)

/** Each line ten times the one before. */
const bomb = [...'abcdefg']
  .map((name, index, all) => {
    const item = index === 0 ? 'x' : `*${all[index - 1]}`
    return `${name}: &${name} [${Array(10).fill(item).join(', ')}]\n`
  })
  .join('')

/** Files that are not what they should be at any level, or that somebody wrote to do harm. */
export const hostileFiles: BrokenTree[] = [
  // Size and depth
  ['a file of 10 MB', 'file-limit', { [scenarioPath]: `▸# ${'x'.repeat(10_000_000)}\n` }],
  ['an alias bomb', 'file-limit', { 'demo/pack.yaml': bomb }, ['demo/pack.yaml:2:8 file-limit']],
  [
    'lists in lists, 100 deep',
    'file-limit',
    { 'demo/pack.yaml': `a: ${deep(100)}\n` },
    ['demo/pack.yaml:1:68 file-limit'],
  ],
  ['lists in lists, 100,000 deep', 'yaml-syntax', { 'demo/pack.yaml': `▸a: ${deep(100_000)}\n` }],
  // What is no text
  ['a NUL byte', 'yaml-syntax', { 'demo/pack.yaml': pack.replace('Demo', 'De▸\0mo') }],
  ['an escape for a terminal', 'yaml-syntax', { 'demo/pack.yaml': pack.replace('Demo', '"▸\x1b[31m"') }],
  [
    'an image',
    'yaml-syntax',
    { 'demo/pack.yaml': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
    ['demo/pack.yaml:1:1 yaml-syntax'],
  ],
  [
    'text in Latin-1',
    'yaml-syntax',
    { 'demo/pack.yaml': Buffer.from(pack.replace('Demo', 'D\u00e9mo'), 'latin1') },
    ['demo/pack.yaml:1:1 yaml-syntax'],
  ],
  [
    'text in UTF-16',
    'yaml-syntax',
    { 'demo/pack.yaml': Buffer.from(`\ufeff${pack}`, 'utf16le') },
    ['demo/pack.yaml:1:1 yaml-syntax'],
  ],
  ['a page of HTML', 'wrong-value', { [scenarioPath]: '▸<!doctype html><title>404</title>\n' }],
  // YAML that YAML allows
  [
    'a byte order mark inside',
    'unknown-key',
    { 'demo/pack.yaml': pack.replace('slug', '▸\ufeffslug') },
    ['demo/pack.yaml:3:1 missing-key', 'demo/pack.yaml:4:3 unknown-key'],
  ],
  [
    'tabs for indentation',
    'yaml-syntax',
    { 'demo/pack.yaml': pack.replace('  slug', '▸\tslug').replace(/ {2}name.*\n/, '') },
  ],
  [
    'a merge key',
    'unknown-key',
    { 'demo/pack.yaml': pack.replace('metadata:\n', 'metadata:\n  ▸<<: { name: Other }\n') },
  ],
  [
    'a tag that would make bytes of a text',
    'wrong-value',
    { 'demo/pack.yaml': pack.replace('Demo', '!!binary ▸aGVsbG8=') },
  ],
  [
    'a tag that would make code of a text',
    'yaml-syntax',
    { 'demo/pack.yaml': pack.replace('Demo', '▸!!js/function "function () {}"') },
  ],
  ['a key that is no text', 'yaml-syntax', { 'demo/pack.yaml': `${pack}? ▸{ a: 1 }\n: 2\n` }],
  // Keys of every object, and numbers of no use
  [
    'a key __proto__',
    'unknown-key',
    { 'demo/pack.yaml': pack.replace('  slug', '  ▸__proto__: { polluted: true }\n  slug') },
  ],
  [
    'a key constructor',
    'unknown-key',
    { [scenarioPath]: scenario({ trust: '    boundary: intra_org\n    ▸constructor: { prototype: {} }' }) },
  ],
  [
    'an agent called __proto__',
    'wrong-value',
    {
      [scenarioPath]: scenario({ agents: `${agents}\n    - { id: ▸__proto__, ref: _shared/agents/asker }` }),
    },
  ],
  ['a step called __proto__', 'wrong-value', { [scenarioPath]: step(`id: ▸__proto__, ${workflow}`) }],
  [
    'a huge integer',
    'wrong-value',
    { [scenarioPath]: withAsker('port_offset: ▸99999999999999999999') },
    [`${scenarioPath}:15:60 wrong-value`, `${scenarioPath}:15:60 wrong-value`],
  ],
  ['a number beyond all numbers', 'wrong-value', { [scenarioPath]: withAsker('port_offset: ▸1e400') }],
  ['no number', 'wrong-value', { [scenarioPath]: withAsker('port_offset: ▸.nan') }],
  // Includes and references that lead out, B-04
  [
    'B-04: an include with a NUL byte in its name',
    'outside-root',
    { [scenarioPath]: scenario({ agents: '    !include ▸"a\\0b.yaml"' }) },
  ],
  [
    'B-04: an include with backslashes',
    'outside-root',
    { [scenarioPath]: scenario({ agents: '    !include ▸..\\..\\..\\..\\agents.yaml' }) },
  ],
  [
    'B-04: an include of an address',
    'include',
    { [scenarioPath]: scenario({ agents: '    !include ▸http://127.0.0.1:1/agents.yaml' }) },
  ],
  [
    'B-04: an agent reference by absolute path',
    'outside-root',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: spy, ref: ▸/etc/passwd }` }) },
  ],
  [
    'B-04: an agent reference to another drive',
    'outside-root',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: spy, ref: ▸'C:\\spy' }` }) },
  ],
  // The wrong type, at every level
  ['a text for a file', 'wrong-value', { [scenarioPath]: '▸hello\n' }],
  ['a list for a file', 'wrong-value', { [scenarioPath]: '▸- 1\n' }],
  ['a list for the spec', 'wrong-value', { [scenarioPath]: withSpec('▸[]') }],
  ['a text for the spec', 'wrong-value', { [scenarioPath]: withSpec('▸text') }],
  [
    'an object for the agents',
    'wrong-value',
    { [scenarioPath]: scenario({ agents: '    ▸asker: { ref: x }' }) },
  ],
  ['a text for an agent', 'wrong-value', { [scenarioPath]: scenario({ agents: '    - ▸asker' }) }],
  [
    'nothing for trust',
    'wrong-value',
    { [scenarioPath]: scenario({ trust: '' }).replace('trust:', 'trust:▸') },
  ],
  [
    'a text for a truth value',
    'wrong-value',
    { [scenarioPath]: scenario({ trust: '    { boundary: intra_org, eager: ▸"yes" }' }) },
  ],
  [
    'a text for the schema of the inputs',
    'wrong-value',
    { [scenarioPath]: scenario({ schema: '      ▸text' }) },
  ],
  ['an object for the steps', 'wrong-value', { [scenarioPath]: scenario({ steps: '      ▸ask: {}' }) }],
  ['a text for a step', 'wrong-value', { [scenarioPath]: scenario({ steps: '      - ▸ask' }) }],
  ['nothing for a step', 'wrong-value', { [scenarioPath]: scenario({ steps: '      -▸' }) }],
  ['a number for a step id', 'wrong-value', { [scenarioPath]: step(`id: ▸5, ${workflow}`) }],
  [
    'a text for the assertions',
    'wrong-value',
    { [scenarioPath]: step(`id: ask, ${workflow}, assert: ▸yes`) },
  ],
  ['a text for a fault', 'wrong-value', { [scenarioPath]: step(`${shake}, fault: ▸tamper`) }],
  [
    'a fault without end',
    'wrong-value',
    { [scenarioPath]: step(`${shake}, fault: { kind: delay, ms: ▸100000 }`) },
  ],
  [
    'attempts without end',
    'wrong-value',
    { [scenarioPath]: step(`id: ask, ${workflow}, retry: { attempts: ▸1000 }`) },
  ],
  [
    'a text for the capabilities',
    'wrong-value',
    { '_shared/agents/third.yaml': manifest('third', 'x').replace('[x]', '▸x') },
  ],
  [
    'a life that is over',
    'wrong-value',
    {
      '_shared/agents/third.yaml': manifest('third', 'x').replace(
        'name: third }\n',
        'name: third, ttl_secs: ▸-1 }\n',
      ),
    },
  ],
  ['a list for an agent manifest', 'wrong-value', { '_shared/agents/third.yaml': '▸[]\n' }],
  ['a list for a template', 'wrong-value', { [`${versionFolder}/templates/other.yaml`]: template('  ▸[]') }],
  [
    'a step type in a template that nobody has',
    'step-type',
    {
      [`${versionFolder}/templates/other.yaml`]: template(
        '  workflow: { steps: [{ id: x, type: ▸nothing }] }',
      ),
    },
  ],
]
