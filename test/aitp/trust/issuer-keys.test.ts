import { describe, expect, it } from 'vitest'
import type { IssuerKeysInput, Jwk, KeyResolutionPolicy } from '../../../src/aitp/index.ts'
import { A, aitp, P, refusal, T0 } from '../fixtures.ts'

const ISSUER = 'https://idp.example.com'
const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`
const JWKS = `${ISSUER}/jwks`
const OWN_LIST = `${ISSUER}/.well-known/aitp-keys`

const jwk: Jwk = { kty: 'OKP', crv: 'Ed25519', x: A.aid.slice('aid:pubkey:'.length), kid: 'one' }
const policy: KeyResolutionPolicy = { offlineMode: false, cacheTtlSecs: 3600, failMode: 'fail_closed' }
const cached = { keys: [jwk], fetchedAt: T0 - 100 }

const discovery = JSON.stringify({ issuer: ISSUER, jwks_uri: JWKS, other: [1.5] })
const jwks = JSON.stringify({ keys: [jwk] })
const ownList = (changes: object = {}) =>
  JSON.stringify({ issuer: ISSUER, keys: [jwk], published_at: T0, expires_at: T0 + 60, ...changes })

function resolve(changes: Partial<IssuerKeysInput>) {
  return aitp.resolveIssuerKeys({
    issuer: ISSUER,
    now: T0,
    policy,
    anchors: [],
    documents: new Map(),
    ...changes,
  })
}

const verdict = (changes: Partial<IssuerKeysInput>) => refusal(() => resolve(changes))
const documents = (...entries: readonly [string, string | null][]) => ({ documents: new Map(entries) })

describe('resolveIssuerKeys', () => {
  it('asks the cache first, then what an operator pinned', () => {
    const anchors = [{ issuer: ISSUER, keys: [A.aid.slice(11), P.aid.slice(16)] }]
    expect(resolve({ cached, anchors })).toEqual({ kind: 'keys', keys: [jwk], source: 'cache' })
    const pinned = resolve({ cached: { ...cached, fetchedAt: T0 - 3600 }, anchors })
    expect(pinned).toMatchObject({ kind: 'keys', source: 'pinned' })
    expect(pinned.kind === 'keys' && pinned.keys.map(({ kty, crv }) => `${kty} ${crv}`)).toEqual([
      'OKP Ed25519',
      'EC P-256',
    ])
    expect(resolve({ anchors: [{ issuer: `${ISSUER}/`, keys: ['x'] }] }).kind).toBe('document_needed')
  })

  it('then wants the discovery document, and the one address therein', () => {
    expect(resolve({})).toEqual({ kind: 'document_needed', url: DISCOVERY })
    expect(resolve(documents([DISCOVERY, discovery]))).toEqual({ kind: 'document_needed', url: JWKS })
    expect(resolve(documents([DISCOVERY, discovery], [JWKS, jwks]))).toEqual({
      kind: 'keys',
      keys: [jwk],
      source: 'oidc_discovery',
    })
  })

  it('wants the issuer’s own key list only where there is no discovery document', () => {
    expect(resolve(documents([DISCOVERY, null]))).toEqual({ kind: 'document_needed', url: OWN_LIST })
    expect(resolve(documents([DISCOVERY, null], [OWN_LIST, ownList()]))).toMatchObject({
      source: 'aitp_keys',
    })
    expect(verdict(documents([DISCOVERY, '{}'], [OWN_LIST, ownList()]))).toBe('KEY_RESOLUTION_FAILED null')
  })

  it.each<[string, readonly [string, string | null][]]>([
    [
      'a discovery document of another',
      [[DISCOVERY, JSON.stringify({ issuer: 'https://evil.example', jwks_uri: JWKS })]],
    ],
    ['one without jwks_uri', [[DISCOVERY, JSON.stringify({ issuer: ISSUER })]]],
    [
      'one with a jwks_uri over http',
      [[DISCOVERY, JSON.stringify({ issuer: ISSUER, jwks_uri: 'http://x.example' })]],
    ],
    ['one that is no JSON', [[DISCOVERY, '<html>']]],
    [
      'a key set that is not there',
      [
        [DISCOVERY, discovery],
        [JWKS, null],
      ],
    ],
    [
      'a key set that is no JSON',
      [
        [DISCOVERY, discovery],
        [JWKS, 'x'],
      ],
    ],
    [
      'an empty key set',
      [
        [DISCOVERY, discovery],
        [JWKS, '{"keys":[]}'],
      ],
    ],
    [
      'no list at all',
      [
        [DISCOVERY, null],
        [OWN_LIST, null],
      ],
    ],
    [
      'a list of another',
      [
        [DISCOVERY, null],
        [OWN_LIST, ownList({ issuer: 'https://evil.example' })],
      ],
    ],
    [
      'a list that has expired',
      [
        [DISCOVERY, null],
        [OWN_LIST, ownList({ expires_at: T0 })],
      ],
    ],
  ])('fails with %s', (_, entries) => {
    expect(verdict(documents(...entries))).toBe('KEY_RESOLUTION_FAILED null')
  })

  it('compares issuers modulo a trailing slash and the case of the host', () => {
    const text = JSON.stringify({ issuer: 'https://IDP.example.com/', jwks_uri: JWKS })
    expect(resolve(documents([DISCOVERY, text]))).toEqual({ kind: 'document_needed', url: JWKS })
    expect(resolve({ issuer: `${ISSUER}/` })).toEqual({ kind: 'document_needed', url: DISCOVERY })
  })

  it('falls back to stale keys under fail_open alone, and fetches nothing offline', () => {
    const stale = { cached: { ...cached, fetchedAt: T0 - 9999 }, ...documents([DISCOVERY, '{}']) }
    for (const failMode of ['fail_closed', 'soft_fail'] as const)
      expect(verdict({ ...stale, policy: { ...policy, failMode } })).toBe('KEY_RESOLUTION_FAILED null')
    expect(resolve({ ...stale, policy: { ...policy, failMode: 'fail_open' } })).toMatchObject({
      source: 'stale_cache',
    })
    expect(verdict({ policy: { ...policy, offlineMode: true } })).toBe('KEY_RESOLUTION_FAILED null')
    expect(verdict({ policy: { ...policy, failMode: 'fail_open' }, ...documents([DISCOVERY, '{}']) })).toBe(
      'KEY_RESOLUTION_FAILED null',
    )
  })
})
