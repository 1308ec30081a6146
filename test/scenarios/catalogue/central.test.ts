import { describe, expect, it } from 'vitest'
import { loadRegistry } from '../../../src/main/registry/index.ts'
import { sharedHost } from '../../support/host.ts'
import { shippedScenarios } from '../../support/repository.ts'
import { alter, copyShipped, fileOf } from '../../support/shipped-scenarios.ts'
import { catalogue, nameOf } from './catalogue.ts'
import { central } from './central.ts'
import { runEntry } from './run-entry.ts'

const shared = sharedHost((folder) => ({ scenariosDir: copyShipped(folder) }))

describe('a scenario of the catalogue is noticed to show nothing without', () => {
  it.each(central.map((row) => [row.member, nameOf(row), row] as const))(
    '%s in %s',
    async (_member, name, { ref, template, remove, noticed }) => {
      const { client, folder } = shared()
      const entry = catalogue.find((each) => nameOf(each) === name)
      if (entry === undefined) throw new Error(`the catalogue has no ${name}`)
      const file = fileOf(ref, template)
      alter(`${folder}/scenarios`, file, remove)
      if (noticed === 'unloadable') {
        const { broken, diagnostics } = loadRegistry(`${folder}/scenarios`)
        expect(broken.map((each) => each.ref)).toEqual([ref])
        expect(
          new Set(diagnostics.filter(({ severity }) => severity === 'error').map((each) => each.file)),
        ).toEqual(new Set([file]))
        return
      }
      const record = await runEntry(client, entry)
      if (noticed === 'failed') {
        expect(record).toMatchObject({ status: 'failed', as_expected: false })
        return
      }
      expect(record).toMatchObject({ status: 'success' })
      expect(() => entry.facts(record)).toThrow()
    },
  )
})

it('names something central in every scenario and template that is shipped, and has an entry for each', () => {
  const { scenarios } = loadRegistry(shippedScenarios)
  const shipped = scenarios
    .filter(({ ref }) => !ref.startsWith('attacks/'))
    .flatMap(({ ref, templates }) => [
      ref,
      ...templates.map(({ metadata }) => nameOf({ ref, template: metadata.name })),
    ])
  expect(catalogue.map(nameOf).toSorted()).toEqual(shipped.toSorted())
  expect([...new Set(central.map(nameOf))].toSorted()).toEqual(shipped.toSorted())
  expect(shipped).toHaveLength(25)
})
