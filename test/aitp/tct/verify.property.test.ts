import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AitpError, type TctContext, tctChecks } from '../../../src/aitp/index.ts'
import { A, aitp, B, manifestOf, T0 } from '../fixtures.ts'

const issuerManifest = manifestOf(A, 'alpha').verified
const context: TctContext = { now: T0, expectedIssuer: A.aid, expectedAudience: B.aid, issuerManifest }
const { token } = aitp.issueTct(A, {
  subject: B.aid,
  grants: ['alpha.read'],
  now: T0,
  ttlSecs: 3600,
  notAfter: issuerManifest.expiresAt,
  jti: '550e8400-e29b-41d4-a716-446655440000',
})
const ids: readonly string[] = tctChecks.map(({ id }) => id)

function verdict(text: string): unknown {
  try {
    aitp.verifyTct(text, context)
    return 'accepted'
  } catch (error) {
    return error
  }
}

function expectNamedRefusal(text: string): void {
  const error = verdict(text)
  expect(error).toBeInstanceOf(AitpError)
  expect(ids).toContain(error instanceof AitpError ? error.check : undefined)
}

it('is accepted as issued', () => {
  expect(verdict(token)).toBe('accepted')
})

it('refuses any single character changed, with a code and a named check', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n'
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (index, character) => {
      fc.pre(token[index] !== character)
      expectNamedRefusal(token.slice(0, index) + character + token.slice(index + 1))
    }),
    { numRuns: 1500 },
  )
})

it('refuses a token with a character more or less', () => {
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.boolean(), (index, longer) => {
      expectNamedRefusal(
        longer
          ? `${token.slice(0, index)}A${token.slice(index)}`
          : token.slice(0, index) + token.slice(index + 1),
      )
    }),
    { numRuns: 300 },
  )
})

it('refuses any text whatsoever in its own way', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => expectNamedRefusal(text)),
  )
})
