import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadRegistry } from '../../src/main/registry/index.ts'
import { AgentManifestFile } from '../../src/shared/agent-manifest.ts'
import { ScenarioFile } from '../../src/shared/scenario.ts'
import { repositoryRoot, shippedScenarios } from '../support/repository.ts'

const examples = join(repositoryRoot, 'examples', 'scenarios')
const pack = join(examples, 'python')
const names = readdirSync(pack, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)

function scenario(folder: string) {
  return ScenarioFile.parse(parse(readFileSync(join(folder, '1.0.0', 'scenario.yaml'), 'utf8')))
}

function manifest(root: string, name: string) {
  return AgentManifestFile.parse(parse(readFileSync(join(root, '_shared', 'agents', `${name}.yaml`), 'utf8')))
}

describe('the example scenarios', () => {
  it('are in order, and each original is there once for either side', () => {
    expect(loadRegistry(examples).diagnostics).toEqual([])
    const originals = names.map((name) => name.replace(/-python-(writer|researcher)$/, ''))
    for (const original of originals)
      expect(names.filter((name) => name.startsWith(`${original}-python-`))).toHaveLength(2)
  })

  it.each(names)('%s is its original but for one agent, its name, place and tags', (name) => {
    const [, original = '', inPython = ''] = /^(.*)-python-(writer|researcher)$/.exec(name) ?? []
    const example = scenario(join(pack, name))
    const model = scenario(join(shippedScenarios, 'intra-org', original))
    const python = example.spec.agents.filter(({ ref }) => ref?.includes('/python-'))
    expect(python.map(({ ref }) => ref)).toEqual([`_shared/agents/python-${inPython}`])
    const agents = example.spec.agents.map((agent) => ({ ...agent, ref: agent.ref?.replace('python-', '') }))
    expect({ ...example.spec, agents }).toEqual(model.spec)
    const {
      pack: _pack,
      scenario: _scenario,
      name: _name,
      order: _order,
      tags: _tags,
      ...rest
    } = model.metadata
    expect(example.metadata).toMatchObject(rest)
  })

  it.each(['writer', 'researcher'])(
    '%s is the agent that ships, and offers in Python what it offers',
    (name) => {
      const shipped = manifest(shippedScenarios, name)
      expect(manifest(examples, name)).toEqual(shipped)
      const { display_name: _name, ...aitp } = shipped.spec.aitp
      expect(manifest(examples, `python-${name}`).spec.aitp).toMatchObject(aitp)
    },
  )
})
