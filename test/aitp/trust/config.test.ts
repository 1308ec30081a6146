import { describe, expect, it } from 'vitest'
import { TrustConfigError } from '../../../src/aitp/index.ts'
import { A, aitp, P } from '../fixtures.ts'

const key = A.aid.slice('aid:pubkey:'.length)
const p256Key = P.aid.slice('aid:pubkey:p256:'.length)

function fault(config: unknown): string {
  try {
    aitp.parseTrustConfig(JSON.stringify(config))
    return 'accepted'
  } catch (error) {
    if (error instanceof TrustConfigError) return error.fault.member
    throw error
  }
}

describe('parseTrustConfig', () => {
  it('has a default for everything', () => {
    expect(aitp.parseTrustConfig('{}')).toEqual({
      trustAnchors: [],
      pins: [],
      keyResolution: { offlineMode: false, cacheTtlSecs: 3600, failMode: 'fail_closed' },
      revocation: { mode: 'fail_closed', maxStalenessSecs: 300 },
    })
  })

  it('reads anchors, pins of either algorithm and both policies', () => {
    const config = aitp.parseTrustConfig(
      JSON.stringify({
        trust_anchors: [{ issuer: 'https://idp.example.com', keys: [key] }],
        pinned_keys: [
          { subject: 'worker', public_key: key, allowed_capabilities: ['a.read'] },
          { subject: 'other', public_key: p256Key },
        ],
        key_resolution: { offline_mode: true, cache_ttl_secs: 60, fail_mode: 'fail_open' },
        revocation_policy: { mode: 'soft_fail', max_staleness_secs: 86400 },
      }),
    )
    expect(config).toEqual({
      trustAnchors: [{ issuer: 'https://idp.example.com', keys: [key] }],
      pins: [
        { aid: A.aid, subject: 'worker', allowedCapabilities: ['a.read'] },
        { aid: P.aid, subject: 'other' },
      ],
      keyResolution: { offlineMode: true, cacheTtlSecs: 60, failMode: 'fail_open' },
      revocation: { mode: 'soft_fail', maxStalenessSecs: 86400 },
    })
  })

  it.each<[string, unknown]>([
    ['x', { x: 1 }],
    ['trust_anchors', { trust_anchors: {} }],
    ['trust_anchors.0.issuer', { trust_anchors: [{ issuer: 'x', keys: [key] }] }],
    ['trust_anchors.0.keys', { trust_anchors: [{ issuer: 'https://idp.example.com', keys: [] }] }],
    ['trust_anchors.0.keys.0', { trust_anchors: [{ issuer: 'https://idp.example.com', keys: ['x'] }] }],
    ['pinned_keys.0.subject', { pinned_keys: [{ subject: '', public_key: key }] }],
    ['pinned_keys.0.public_key', { pinned_keys: [{ subject: 'x', public_key: 'A'.repeat(43) }] }],
    ['pinned_keys.0.public_key', { pinned_keys: [{ subject: 'x', public_key: `Z${p256Key.slice(1)}` }] }],
    ['pinned_keys.0.y', { pinned_keys: [{ subject: 'x', public_key: key, y: 1 }] }],
    [
      'pinned_keys.0.allowed_capabilities',
      { pinned_keys: [{ subject: 'x', public_key: key, allowed_capabilities: ['a b'] }] },
    ],
    ['key_resolution.offline_mode', { key_resolution: { offline_mode: 'no' } }],
    ['key_resolution.cache_ttl_secs', { key_resolution: { cache_ttl_secs: -1 } }],
    ['key_resolution.fail_mode', { key_resolution: { fail_mode: 'open' } }],
    ['revocation_policy.mode', { revocation_policy: { mode: 1 } }],
    ['revocation_policy.max_staleness_secs', { revocation_policy: { max_staleness_secs: '300' } }],
  ])('names %s', (member, config) => {
    expect(fault(config)).toBe(member)
  })

  it('is strict JSON', () => {
    expect(() => aitp.parseTrustConfig('{"pinned_keys":[],"pinned_keys":[]}')).toThrow('repeated member name')
    expect(() => aitp.parseTrustConfig('[]')).toThrow('no object')
  })
})
