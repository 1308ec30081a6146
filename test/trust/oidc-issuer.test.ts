import { createHash } from 'node:crypto'
import { importJWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { mintMockIssuer } from '../../src/main/trust/oidc-issuer.ts'

describe('mintMockIssuer', () => {
  it('gives its key to OIDC agents and only its public part to the others', () => {
    const issuer = mintMockIssuer()
    const [member, other] = [issuer.bootstrapFor('oidc'), issuer.bootstrapFor('pinned_key')]
    const { private_seed_b64: seed, ...known } = member ?? {}
    expect(seed).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(other).toEqual(known)
    expect(JSON.stringify(other)).not.toContain(seed)
  })

  it('names its key after the key, and the seed is the one of the public key', async () => {
    const { kid, bootstrapFor } = mintMockIssuer()
    const { public_jwk: jwk, private_seed_b64: d = '' } = bootstrapFor('oidc') ?? {}
    const raw = Buffer.from(String(jwk?.['x']), 'base64url')
    expect(kid).toBe(`kid-${createHash('sha256').update(raw).digest('base64url').slice(0, 16)}`)
    const signed = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(await importJWK({ ...jwk, d }, 'EdDSA'))
    await expect(jwtVerify(signed, await importJWK({ ...jwk }, 'EdDSA'))).resolves.toBeDefined()
  })

  it('is another one each time', () => {
    expect(mintMockIssuer().kid).not.toBe(mintMockIssuer().kid)
  })
})
