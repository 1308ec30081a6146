import { describe, expect, it } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { createKeepsakes, newestToken, tokenFacts } from '../../src/main/runner/keepsakes.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jws = (claims: unknown) => `${part({ typ: 'aitp-delegation+jwt' })}.${part(claims)}.${'A'.repeat(86)}`

describe('tokenFacts', () => {
  it('shows claims and a fingerprint, and neither the token nor a token within it', () => {
    const inner = jws({ iss: 'inner' })
    const token = jws({ iss: 'a', voucher: inner, chain: [inner], scope: ['x'] })
    const facts = tokenFacts(createAitp(nodeEngine), token)
    expect(facts).toEqual({
      claims: { iss: 'a', scope: ['x'] },
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(JSON.stringify(facts)).not.toContain('eyJ')
  })
})

describe('newestToken (B-15)', () => {
  const keepsakes = createKeepsakes()
  const token = { holder: 'a', issuer: 'b', issuerAid: 'aid', stepId: null }
  keepsakes.tokens.push(
    { ...token, jti: 'eager' },
    { ...token, jti: 'first', stepId: 's1' },
    { ...token, jti: 'second', stepId: 's2' },
    { ...token, issuer: 'c', jti: 'other', stepId: 's3' },
  )

  it('is the last one of these two agents, or the one a step obtained', () => {
    expect(newestToken(keepsakes, { holder: 'a', issuer: 'b' })?.jti).toBe('second')
    expect(newestToken(keepsakes, { holder: 'a', issuer: 'b', stepId: 's1' })?.jti).toBe('first')
    expect(newestToken(keepsakes, { holder: 'b', issuer: 'a' })).toBeUndefined()
    expect(newestToken(keepsakes, { holder: 'a', issuer: 'b', stepId: 's3' })).toBeUndefined()
  })
})
