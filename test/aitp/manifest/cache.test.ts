import { describe, expect, it } from 'vitest'
import {
  finalManifestExpiry,
  isRefreshDue,
  isRenewalDue,
  keyRetirementTime,
  newerManifest,
  refreshIntervalSecs,
  resolvePeerManifest,
} from '../../../src/aitp/index.ts'
import { A, aidText, aitp, B, C, manifestOf, refusal, T0 } from '../fixtures.ts'

const published = (publishedAt: number, expiresAt = T0 + 86400) =>
  manifestOf(A, 'alpha', { publishedAt, expiresAt }).verified
const old = published(T0 - 200)
const recent = published(T0 - 100)

describe('a manifest cache', () => {
  it('replaces a manifest only by one published later', () => {
    const cache = aitp.createManifestCache({ capacity: 3 })
    expect(cache.offer(recent, T0)).toBe(recent)
    expect(cache.offer(old, T0)).toBe(recent)
    expect(cache.offer(published(T0 - 100), T0)).toBe(recent)
    const newer = published(T0 - 50)
    expect(cache.offer(newer, T0)).toBe(newer)
    expect(cache.get(A.aid, T0)).toBe(newer)
    expect(newerManifest(undefined, old)).toBe(old)
  })

  it('gives out nothing that has expired, and takes an older one instead', () => {
    const cache = aitp.createManifestCache({ capacity: 3 })
    cache.offer(published(T0 - 50, T0 + 10), T0)
    expect(cache.get(A.aid, T0 + 9)).toBeDefined()
    expect(cache.get(A.aid, T0 + 10)).toBeUndefined()
    cache.offer(published(T0 - 50, T0 + 10), T0)
    expect(cache.offer(old, T0 + 10)).toBe(old)
  })

  it('knows one key by either form of its AID, and is bounded', () => {
    const cache = aitp.createManifestCache({ capacity: 2 })
    for (const [key, name] of [
      [A, 'alpha'],
      [B, 'beta'],
      [C, 'gamma'],
    ] as const)
      cache.offer(manifestOf(key, name).verified, T0)
    expect(cache.size).toBe(2)
    expect(cache.get(A.aid, T0)).toBeUndefined()
    const tagged = aidText(B.aid.replace('pubkey:', 'pubkey:ed25519:'))
    expect(cache.get(tagged, T0)?.aid).toBe(B.aid)
    expect(() => aitp.createManifestCache({ capacity: 0 })).toThrow(TypeError)
  })

  it('remembers for half a minute that nothing was to be had', () => {
    const cache = aitp.createManifestCache({ capacity: 1 })
    cache.noteMissing('https://a.example', T0)
    expect([T0, T0 + 29, T0 + 30].map((now) => cache.isMissing('https://a.example', now))).toEqual([
      true,
      true,
      false,
    ])
    cache.noteMissing('https://b.example', T0)
    expect(cache.isMissing('https://a.example', T0)).toBe(false)
  })
})

describe('resolvePeerManifest', () => {
  const short = published(T0 - 50, T0 + 10)

  it('takes the cached one, a newer inline one, then the fetched one', () => {
    expect(resolvePeerManifest({ now: T0, cached: recent, inline: old, fetched: short })).toBe(recent)
    expect(resolvePeerManifest({ now: T0, cached: old, inline: recent })).toBe(recent)
    expect(resolvePeerManifest({ now: T0, inline: old, fetched: recent })).toBe(old)
    expect(resolvePeerManifest({ now: T0, fetched: recent })).toBe(recent)
    expect(resolvePeerManifest({ now: T0 + 10, cached: short, inline: old })).toBe(old)
  })

  it('never takes one that has expired', () => {
    const sources = { now: T0 + 10, cached: short, inline: short, fetched: short }
    expect(refusal(() => resolvePeerManifest(sources))).toBe('KEY_RESOLUTION_FAILED null')
    expect(refusal(() => resolvePeerManifest({ now: T0 }))).toBe('KEY_RESOLUTION_FAILED null')
  })
})

describe('when to act', () => {
  it('a manifest is published anew well before its end', () => {
    expect([600, 3600, 7200, 86400, 7 * 86400].map(refreshIntervalSecs)).toEqual([
      300, 1800, 3600, 43200, 259200,
    ])
    const manifest = { publishedAt: T0, expiresAt: T0 + 3600 }
    expect([T0 + 1799, T0 + 1800].map((now) => isRefreshDue(manifest, now))).toEqual([false, true])
  })

  it('a token is renewed when less than a fifth of its life is left', () => {
    const claims = { iat: T0, exp: T0 + 1000 }
    expect([T0 + 800, T0 + 801].map((now) => isRenewalDue(claims, now))).toEqual([false, true])
  })

  it('an old key is kept while a token of it lives, and a compromised one for five minutes', () => {
    expect(keyRetirementTime([{ exp: T0 + 5 }, { exp: T0 + 9 }], T0)).toBe(T0 + 9)
    expect(keyRetirementTime([{ exp: T0 - 5 }], T0)).toBe(T0)
    expect(keyRetirementTime([], T0)).toBe(T0)
    expect(finalManifestExpiry(T0)).toBe(T0 + 300)
  })
})
