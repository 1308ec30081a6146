import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { campaignOfStreams } from './streams.ts'

it('a sample of the campaign of streams: subscribers that are slow, asleep or leave end with the same events', async () => {
  const { events, findings, cutOff, left } = await campaignOfStreams({
    seed: 20260801,
    count: 60,
    slow: 10,
    reconnecting: 5,
    file: join(temporaryFolder(), 'console.db'),
    tell: () => undefined,
  })
  expect(findings).toEqual([])
  expect(events).toBe(1_500)
  // Each that slept was cut off, and each that leaves left and came back, or the sample shows nothing.
  expect(cutOff).toBeGreaterThanOrEqual(5)
  expect(left).toBeGreaterThanOrEqual(5)
})
