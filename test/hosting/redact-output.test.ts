import { describe, expect, it } from 'vitest'
import { createRedactor, secretsOfAgent } from '../../src/main/hosting/redact-output.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'

const seed = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const bootstrap: BootstrapFile = {
  run_id: 'r',
  agent_id: 'a',
  port: 0,
  aitp: {
    seed_hex: seed,
    display_name: 'A',
    offered_caps: [],
    ttl_secs: 60,
    signing_suite: 'ed25519',
    identity_type: 'pinned_key',
  },
  cp: { base_url: 'http://127.0.0.1:1', api_key: 'canary-cp-key-141421' },
  oidc: {
    issuer_url: 'http://i.example',
    kid: 'k',
    public_jwk: {},
    private_seed_b64: 'canary-oidc-seed-173205',
  },
  playground: { telemetry_url: 'http://127.0.0.1:1', run_id: 'r' },
  secrets: { admin: 'canary-admin-223606797749978969640', telemetry: 'canary-telemetry-2449489742783178' },
  inputs: {},
}
const environment = {
  PATH: '/usr/bin',
  OPENAI_API_KEY: 'canary-provider-264575',
  DB_PASSWORD: 'canary-db-282842712',
}

describe('what an agent prints', () => {
  const secrets = secretsOfAgent(bootstrap, environment)
  const redacted = createRedactor(secrets)

  it('is rid of every secret it was given, the seed in each of its spellings', () => {
    const bytes = Buffer.from(seed, 'hex')
    for (const secret of [
      seed,
      bytes.toString('base64'),
      bytes.toString('base64url'),
      'canary-cp-key-141421',
      'canary-oidc-seed-173205',
      bootstrap.secrets.admin,
      bootstrap.secrets.telemetry,
      'canary-provider-264575',
      'canary-db-282842712',
    ])
      expect(redacted(`<${secret}> and ${secret}`)).toBe('<[secret]> and [secret]')
  })

  it('is rid of tokens, whole or without their signature', () => {
    expect(
      redacted('a eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIn0.c2ln b eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIn0'),
    ).toBe('a [token] b [token]')
  })

  it('keeps everything else', () => {
    const line = 'GET /capabilities/write 200 in /usr/bin, jti 0f0f, eyJ is no token'
    expect(redacted(line)).toBe(line)
    expect(createRedactor(['', 'short'])(line)).toBe(line)
  })
})
