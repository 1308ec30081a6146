import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { resultsPage } from '../../src/main/conformance/page.ts'
import { runFixtures } from '../../src/main/conformance/run-fixtures.ts'
import { fixtures, own, ring } from './suite.ts'

const run = (drafts: boolean) => runFixtures(fixtures, { implementation: own(), ring, drafts })

it('docs/conformance.md says what the program does', async () => {
  const page = resultsPage({ fixtures, all: await run(true), withoutDrafts: await run(false) })
  const written = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')
  expect(written).toBe(page)
  expect(page).toContain('| `conformance` | 72 | 71 | 0 | 1 |')
})
