import { createHash, generateKeyPairSync } from 'node:crypto'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'

/** A mock issuer as the host makes one for a run, whole and as it is told to agents that it does not vouch for. */
export function mockOidcIssuer(): Record<'ofMembers' | 'ofOthers', NonNullable<BootstrapFile['oidc']>> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' })
  const kid = `kid-${createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64url').slice(0, 16)}`
  const ofOthers = {
    issuer_url: 'https://idp.aitp-playground.local/',
    kid,
    public_jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' },
  }
  return { ofOthers, ofMembers: { ...ofOthers, private_seed_b64: d } }
}
