import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { loadRegistry } from '../../src/main/registry/index.ts'
import { type BrokenTree, brokenFiles } from '../registry/broken-files.ts'
import { brokenScenarios } from '../registry/broken-scenarios.ts'
import { hostileFiles } from '../registry/hostile-files.ts'
import { goodTree, manifest, scenarioPath } from '../registry/tree.ts'
import { startHost } from '../support/host.ts'
import { runToEnd } from '../support/run-scenario.ts'
import { callerAndWriter, ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

/** Those that are wrong in the scenario file alone, and so can stand beside one another. */
const alone = [...brokenFiles, ...brokenScenarios, ...hostileFiles].filter(
  ([, , changed]) => Object.keys(changed).length === 1 && typeof changed[scenarioPath] === 'string',
)

/** Each gets a pack of its own, since one slug may not be there twice. */
function write(root: string, [, , changed]: BrokenTree, index: number): string {
  const slug = `broken-${index}`
  const own = (text: string) => text.replaceAll('▸', '').replace(/(pack|slug): demo$/m, `$1: ${slug}`)
  const file = scenarioPath.replace('demo', slug)
  for (const [path, text] of [
    [file, own(String(changed[scenarioPath]))],
    [`${slug}/pack.yaml`, own(goodTree['demo/pack.yaml'] ?? '')],
  ] as const) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return file
}

it('of forty files and more each is named with place and rule, and the good one among them still runs', async () => {
  const root = scenarioTree({
    agents: callerAndWriter,
    trust: { eager: true },
    steps: [
      {
        id: 'call',
        type: 'workflow',
        agent: 'caller',
        capability: 'write.content',
        input_template: 'On order.',
      },
    ],
  })
  writeFileSync(join(root, '_shared/agents/asker.yaml'), manifest('asker', 'ask.question'))
  writeFileSync(join(root, '_shared/agents/teller.yaml'), manifest('teller', 'tell.story'))
  const files = alone.map((row, index) => write(root, row, index))
  expect(files.length).toBeGreaterThanOrEqual(40)

  const { diagnostics, scenarios, broken } = loadRegistry(root)
  const unnamed = files.filter(
    (file, index) =>
      !diagnostics.some(
        (found) =>
          found.file === file && found.rule === alone[index]?.[1] && found.line > 0 && found.column > 0,
      ),
  )
  expect(unnamed).toEqual([])
  expect(scenarios.map(({ ref }) => ref)).toContain(ofTheTest)
  expect(broken.length).toBeGreaterThanOrEqual(40)

  const client = createLocalClient((await startHost({ scenariosDir: root })).handlers)
  expect(await runToEnd(client)).toMatchObject({ status: 'success', outputs: { call: { agent: 'writer' } } })
})
