import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { repositoryRoot, shippedScenarios } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'

it('the example of docs/scenarios.md runs, and comes to what it says', async () => {
  const page = readFileSync(join(repositoryRoot, 'docs', 'scenarios.md'), 'utf8')
  const [, example = ''] = /```yaml\n([\s\S]+?)```/.exec(page) ?? []
  const root = temporaryFolder()
  const folder = join(root, 'demo', 'two-articles', '1.0.0')
  mkdirSync(folder, { recursive: true })
  cpSync(join(shippedScenarios, '_shared'), join(root, '_shared'), { recursive: true })
  writeFileSync(
    join(root, 'demo', 'pack.yaml'),
    'apiVersion: aitp.dev/v1\nkind: ScenarioPack\nmetadata: { slug: demo, name: Demo }\n',
  )
  writeFileSync(join(folder, 'scenario.yaml'), example)
  const client = createLocalClient((await startHost({ scenariosDir: root })).handlers)
  const { diagnostics } = await client.call('listScenarios', {})
  expect(diagnostics).toEqual([])
  const { run_id } = await client.call('startRun', { scenario_ref: 'demo/two-articles@1.0.0' })
  const record = await endOf(client, run_id)
  expect(record).toMatchObject({ status: 'success', as_expected: true })
  expect(Object.keys(record.outputs).sort()).toEqual(['breathe', 'long', 'research', 'short', 'trust'])
})
