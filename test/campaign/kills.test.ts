import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { campaignOfKills } from './kills.ts'

it('a sample of the campaign of kills: what anybody had seen of a killed host is there afterwards (B-30)', async () => {
  const { runs, events, findings, statuses } = await campaignOfKills({
    seed: 20260801,
    count: 5,
    folder: temporaryFolder(),
    tell: () => undefined,
  })
  expect(findings).toEqual([])
  expect(runs).toBeGreaterThanOrEqual(5)
  // Some were cut off in the middle, after somebody had seen something, or the sample shows nothing.
  expect(events).toBeGreaterThan(0)
  expect(statuses['interrupted']).toBeGreaterThan(0)
})
