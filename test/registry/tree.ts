import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Marks the place in a file's text where a problem is expected; it is not written to disk. */
const mark = '▸'

export const versionFolder = 'demo/talk/1.0.0'
export const scenarioPath = `${versionFolder}/scenario.yaml`

export const agents = `    - { id: asker, ref: _shared/agents/asker }
    - { id: teller, ref: _shared/agents/teller }`

/** A scenarios root in which nothing is wrong. */
export const goodTree: Readonly<Record<string, string>> = {
  '_shared/agents/asker.yaml': manifest('asker', 'ask.question'),
  '_shared/agents/teller.yaml': manifest('teller', 'tell.story'),
  'demo/pack.yaml': `apiVersion: aitp.dev/v1
kind: ScenarioPack
metadata:
  slug: demo
  name: Demo
`,
  [scenarioPath]: scenario(),
}

/** Each part is the text below its key, with the indentation it has there. */
export interface ScenarioParts {
  metadata?: string
  schema?: string
  agents?: string
  trust?: string
  steps?: string
}

export function scenario(parts: ScenarioParts = {}): string {
  return `apiVersion: aitp.dev/v1
kind: ScenarioVersion
metadata:
${parts.metadata ?? metadata()}
spec:
  inputs:
    schema:
${parts.schema ?? '      type: object\n      properties: { topic: { type: string, default: rain } }'}
  agents:
${parts.agents ?? agents}
  trust:
${parts.trust ?? '    boundary: intra_org'}
  workflow:
    steps:
${parts.steps ?? '      - { id: ask, type: workflow, agent: asker, capability: ask.question }'}
`
}

export function metadata(changed: Record<string, string> = {}): string {
  const members = {
    pack: 'demo',
    scenario: 'talk',
    version: '1.0.0',
    name: 'Talk',
    summary: 'Two talk.',
    ...changed,
  }
  return Object.entries(members)
    .map(([key, value]) => `  ${key}: ${value}`)
    .join('\n')
}

export function manifest(id: string, capability: string): string {
  return `apiVersion: aitp.dev/v1
kind: AgentManifest
metadata: { id: ${id}, name: ${id}, framework: custom }
spec:
  entrypoint: { type: bundled, value: ${id} }
  aitp: { offered_caps: [${capability}], display_name: ${id} }
`
}

export function template(spec: string, name = 'other'): string {
  return `apiVersion: aitp.dev/v1
kind: ScenarioTemplate
metadata: { name: ${name} }
spec:
${spec}
`
}

export interface Tree {
  readonly root: string
  /** `file:line:column` of each mark, in the order of the files. */
  readonly marks: readonly string[]
}

/** The good tree with these files put over it, in a folder that goes away with the test. */
export function makeTree(changed: Readonly<Record<string, string | Uint8Array>>): Tree {
  const root = mkdtempSync(join(tmpdir(), 'scenarios-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const marks: string[] = []
  for (const [file, marked] of Object.entries({ ...goodTree, ...changed })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    if (typeof marked !== 'string') {
      writeFileSync(join(root, file), marked)
      continue
    }
    let text = marked
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark)) {
      const before = text.slice(0, at).split('\n')
      marks.push(`${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`)
      text = text.slice(0, at) + text.slice(at + mark.length)
    }
    writeFileSync(join(root, file), text)
  }
  return { root, marks }
}
