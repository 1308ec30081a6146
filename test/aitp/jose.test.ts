import {
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
} from 'jose'
import { describe, expect, it } from 'vitest'
import type { AgentKey } from '../../src/aitp/index.ts'
import { canonicalJwk } from '../../src/aitp/thumbprint.ts'
import { A, aitp, B, b64u, engine, fromHex, keyVectors, P, T0 } from './fixtures.ts'

const ALGORITHM = { ed25519: 'EdDSA', p256: 'ES256' } as const
const publicJwk = (key: AgentKey) => JSON.parse(canonicalJwk(engine, key.aid))

function secretOf(key: AgentKey): string {
  const vector = keyVectors.find(({ aid }) => aid === key.aid)
  return b64u(fromHex(vector?.seed_hex ?? vector?.private_scalar_hex ?? ''))
}

/** An implementation that shares no code with ours. */
describe.each([A, P])('jose as an oracle, $algorithm', (key) => {
  const alg = ALGORITHM[key.algorithm]
  const { token, claims } = aitp.issueTct(key, {
    subject: B.aid,
    grants: ['alpha.read'],
    now: T0,
    ttlSecs: 3600,
    notAfter: T0 + 86400,
    jti: '550e8400-e29b-41d4-a716-446655440000',
  })

  it('jose verifies a TCT minted here', async () => {
    const verified = await compactVerify(token, await importJWK(publicJwk(key), alg))
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(claims)
    expect(decodeProtectedHeader(token)).toEqual({ alg, typ: 'aitp-tct+jwt' })
  })

  it('a TCT minted by jose is accepted here', async () => {
    const secret = (await importJWK({ ...publicJwk(key), d: secretOf(key) }, alg)) as CryptoKey
    const accepted = async () => {
      const jws = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      const minted = await jws.setProtectedHeader({ alg, typ: 'aitp-tct+jwt' }).sign(secret)
      return aitp.verifyTct(minted, { now: T0, expectedIssuer: key.aid, expectedAudience: B.aid }).claims
    }
    // jose does not lower S, so about every second ES256 token of its is rightly refused.
    const attempts = await Promise.allSettled(Array.from({ length: alg === 'ES256' ? 40 : 1 }, accepted))
    const verdicts = new Set(attempts.map(({ status }) => status))
    expect(attempts.find(({ status }) => status === 'fulfilled')).toMatchObject({ value: claims })
    if (alg === 'EdDSA') expect(verdicts).toEqual(new Set(['fulfilled']))
  })

  it('both compute the same thumbprint', async () => {
    expect(await calculateJwkThumbprint(publicJwk(key))).toBe(aitp.thumbprint(key.aid))
  })
})
