import { describe, it } from 'vitest'
import { sharedHost } from '../../support/host.ts'
import { bilateral, titleOf } from './catalogue.ts'
import { expectEntry, runEntry } from './run-entry.ts'

const shared = sharedHost()

describe('without a Control Plane', () => {
  it.each(bilateral.map((entry) => [titleOf(entry), entry] as const))('%s', async (_name, entry) => {
    expectEntry(await runEntry(shared().client, entry), entry)
  })
})
