import { createHash, generateKeyPairSync } from 'node:crypto'
import type { BootstrapFile } from '../../shared/bootstrap.ts'

/**
 * The mock issuer of one run. Its key is known to the run's OIDC agents, which mint their own tokens with it, and to
 * nobody after the run.
 */
export interface MockIssuer {
  readonly issuerUrl: string
  readonly kid: string
  /** The part of an agent's bootstrap that is about it; with the key only for agents that are OIDC themselves. */
  bootstrapFor(identityType: 'pinned_key' | 'oidc'): BootstrapFile['oidc']
}

const issuerUrl = 'https://idp.aitp-playground.local/'

export function mintMockIssuer(): MockIssuer {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new TypeError('an Ed25519 key without its parts')
  const kid = `kid-${createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64url').slice(0, 16)}`
  const known = {
    issuer_url: issuerUrl,
    kid,
    public_jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' },
  }
  return {
    issuerUrl,
    kid,
    bootstrapFor: (identityType) =>
      identityType === 'oidc' ? { ...known, private_seed_b64: d } : { ...known },
  }
}
