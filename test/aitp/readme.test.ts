import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'

const folder = join(import.meta.dirname, '../../src/aitp')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

test('the example of the library’s README does what it says', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const scratch = mkdtempSync(join(folder, '../../node_modules/.cache/readme-'))
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }))
  const file = join(scratch, 'example.ts')
  writeFileSync(file, `${example.replaceAll("from './", `from '${folder}/`)}\nexport { ladder }\n`)
  const { ladder } = await import(pathToFileURL(file).href)
  expect(ladder).toMatchObject({ subject: 'tct', verdict: 'accepted', code: null })
})

test('every function that the README names is there', () => {
  const table = readme.slice(readme.indexOf('| Artefact |'))
  const named = [...table.matchAll(/`(\w+)`/g)]
    .map(([, name]) => String(name))
    .filter((name) => name !== 'mintIdentityToken')
  const aitp: object = createAitp(nodeEngine)
  const exported = readFileSync(join(folder, 'index.ts'), 'utf8')
  const absent = named.filter((name) => !(name in aitp) && !new RegExp(`\\b${name}\\b`).test(exported))
  expect(named.length).toBeGreaterThan(20)
  expect(absent).toEqual([])
})
