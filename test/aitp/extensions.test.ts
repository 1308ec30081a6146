import { expect, it } from 'vitest'
import {
  isExtensionKey,
  type JsonValue,
  manifestExtensionKeys,
  serviceAddress,
} from '../../src/aitp/index.ts'
import { A, aitp, counting, T0 } from './fixtures.ts'

function manifestWith(url: JsonValue) {
  return aitp.buildManifest(
    A,
    {
      subject: 'alpha',
      handshakeEndpoint: 'https://alpha.example.com/aitp/handshake/',
      offeredCapabilities: [],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: T0,
      expiresAt: T0 + 3600,
      extensions: { [manifestExtensionKeys.renew]: url },
    },
    { randomBytes: counting() },
  ).verified
}

it('finds where a peer offers a service, and whether that is where it shakes hands', () => {
  expect(serviceAddress(manifestWith('https://alpha.example.com/renew'), 'renew')).toEqual({
    url: 'https://alpha.example.com/renew',
    isSameOrigin: true,
  })
  expect(serviceAddress(manifestWith('https://other.example.com/renew'), 'renew')?.isSameOrigin).toBe(false)
  expect(serviceAddress(manifestWith('https://alpha.example.com:444/renew'), 'renew')?.isSameOrigin).toBe(
    false,
  )
  expect(serviceAddress(manifestWith('https://alpha.example.com/renew'), 'redeem')).toBeUndefined()
})

it.each([
  'http://alpha.example.com/renew',
  '/renew',
  'https://',
  'https://user@alpha.example.com/',
  1,
  null,
  { url: 'x' },
])('takes %j for no address', (url) => {
  expect(serviceAddress(manifestWith(url), 'renew')).toBeUndefined()
})

it('knows how keys are named', () => {
  const names = [
    'rfc-aitp-0005.renew_uri',
    'com.example.x',
    'rfc-aitp-5.x',
    'renew_uri',
    '',
    'com..x',
    'com.example.x y',
  ]
  expect(names.map(isExtensionKey)).toEqual([true, true, false, false, false, false, false])
  for (const key of Object.values(manifestExtensionKeys)) expect(isExtensionKey(key)).toBe(true)
})
