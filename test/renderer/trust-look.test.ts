import { expect, test } from 'vitest'
import { pairKey } from '../../src/renderer/features/trust/trust.ts'
import { trustFacts } from '../../src/renderer/features/trust/trust-facts.ts'
import { pairLook } from '../../src/renderer/features/trust/trust-look.ts'
import { trustState } from '../../src/renderer/features/trust/trust-state.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { delegationChain, keyRotation } from '../support/recorded-runs.ts'

const asked = { holder: 'researcher', issuer: 'writer' }

test('a token that ended gives way to the next attempt, and a valid one does not', () => {
  expect(lookAt(keyRotation, 27)).toMatchObject({ mark: 'expired', word: 'key rotated since', seq: 21 })
  expect(lookAt(keyRotation, 29)).toMatchObject({ mark: 'pending', word: 'pending', seq: 28 })
  expect(lookAt(keyRotation, 31)).toMatchObject({ mark: 'valid', word: 'valid', seq: 31 })
})

test('a token in the last fifth of its life is expiring, and after it expired', () => {
  const { ts } = delegationChain.events[15] ?? { ts: 0 }
  expect(lookAt(delegationChain, 16, ts + 2_800)?.mark).toBe('valid')
  expect(lookAt(delegationChain, 16, ts + 2_900)?.mark).toBe('expiring')
  expect(lookAt(delegationChain, 16, ts + 3_700)?.mark).toBe('expired')
})

test('where nothing could be pinned a valid token is amber, and an expired one is expired', () => {
  const unpinned = new Set([pairKey(asked)])
  const { ts } = delegationChain.events[15] ?? { ts: 0 }
  expect(lookAt(delegationChain, 16, ts, unpinned)?.mark).toBe('unpinned')
  expect(lookAt(delegationChain, 16, ts + 3_700, unpinned)?.mark).toBe('expired')
})

/** What the researcher may ask the writer, after so many events. */
function lookAt(
  { events }: RunRecord,
  upTo: number,
  seconds?: number,
  unpinned: ReadonlySet<string> = new Set(),
) {
  const known = events.slice(0, upTo)
  const at = seconds ?? known.at(-1)?.ts ?? 0
  const pair = trustState(trustFacts(known), at).pairs.get(pairKey(asked))
  return pair && pairLook(pair, unpinned, at * 1_000)
}
