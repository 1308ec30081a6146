import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { troubles } from '../support/troubled-control-plane.ts'
import { campaignOfTroubles } from './control-plane.ts'

it('a sample of the campaign of troubles: whatever becomes of the Control Plane, runs end as they should', async () => {
  const { runs, findings } = await campaignOfTroubles({
    refs: ['intra-org/cp-delegation-tree@1.0.0'],
    troubles,
    timeoutMs: 300,
    folder: temporaryFolder(),
    tell: () => undefined,
  })
  expect(findings).toEqual([])
  expect(runs).toBe(troubles.length)
}, 180_000)
