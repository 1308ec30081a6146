import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { AgentManifestFile } from '../../src/shared/agent-manifest.ts'
import type { ScenarioFile } from '../../src/shared/scenario.ts'
import { temporaryFolder } from './folders.ts'
import { shippedScenarios } from './repository.ts'

type Spec = z.input<typeof ScenarioFile>['spec']

/** A step as it is written. */
export type WrittenStep = NonNullable<NonNullable<Spec['workflow']>['steps']>[number]

/** What a test's scenario differs in from two agents that do nothing, trusting one another only when told to. */
export interface ScenarioWish extends Partial<Omit<Spec, 'workflow' | 'trust'>> {
  readonly trust?: Partial<Spec['trust']>
  readonly steps?: readonly WrittenStep[]
  /** More agent manifests, by the name that `ref: _shared/agents/NAME` has. */
  readonly manifests?: Readonly<Record<string, z.input<typeof AgentManifestFile>>>
}

export const ofTheTest = 'test/case@1.0.0'

/** `caller`, who researches and calls; `writer`, who is called. */
export const callerAndWriter: Spec['agents'] = [
  { id: 'caller', ref: '_shared/agents/researcher' },
  { id: 'writer', ref: '_shared/agents/writer' },
]

/** A scenarios root with the shipped agents and the one scenario {@link ofTheTest}. */
export function scenarioTree(wish: ScenarioWish): string {
  return writeScenarioTree(temporaryFolder(), wish)
}

/** The same in a folder of which somebody else sees to the end. */
export function writeScenarioTree(
  root: string,
  { steps = [], trust = {}, manifests = {}, ...spec }: ScenarioWish,
): string {
  cpSync(join(shippedScenarios, '_shared'), join(root, '_shared'), { recursive: true })
  // JSON is YAML too.
  const write = (path: string, content: unknown) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(content))
  }
  for (const [name, manifest] of Object.entries(manifests)) write(`_shared/agents/${name}.yaml`, manifest)
  write('test/pack.yaml', {
    apiVersion: 'aitp.dev/v1',
    kind: 'ScenarioPack',
    metadata: { slug: 'test', name: 'Test' },
  })
  write('test/case/1.0.0/scenario.yaml', {
    apiVersion: 'aitp.dev/v1',
    kind: 'ScenarioVersion',
    metadata: { pack: 'test', scenario: 'case', version: '1.0.0', name: 'Case', summary: 'A test.' },
    spec: {
      agents: callerAndWriter,
      ...spec,
      trust: { boundary: 'intra_org', eager: false, ...trust },
      workflow: { steps },
    },
  })
  return root
}
