import { describe, expect, it } from 'vitest'
import { createRateLimit } from '../../agents/base/rate-limit.ts'

describe('a rate limit', () => {
  it('counts within any span of its length, not by fixed windows', () => {
    const limit = createRateLimit({ most: 2, windowMs: 60_000, mostKeys: 10 })
    expect(limit.admit('a', 50_000)).toBe(0)
    expect(limit.admit('a', 55_000)).toBe(0)
    // A window that began anew at 60 s would let these through.
    expect(limit.admit('a', 61_000)).toBe(49)
    expect(limit.admit('b', 61_000)).toBe(0)
    expect(limit.admit('a', 110_001)).toBe(0)
  })

  it('does not count what it turns away', () => {
    const limit = createRateLimit({ most: 1, windowMs: 1_000, mostKeys: 10 })
    expect(limit.admit('a', 0)).toBe(0)
    for (const at of [300, 600, 900]) expect(limit.admit('a', at)).toBe(1)
    expect(limit.admit('a', 1_001)).toBe(0)
  })

  it('tells so many keys apart and forgets the one that came longest ago', () => {
    const limit = createRateLimit({ most: 1, windowMs: 60_000, mostKeys: 2 })
    for (const key of ['a', 'b', 'c']) expect(limit.admit(key, 0)).toBe(0)
    expect(limit.admit('c', 1)).toBe(60)
    expect(limit.admit('a', 1)).toBe(0)
  })
})
