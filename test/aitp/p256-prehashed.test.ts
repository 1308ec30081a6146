import { expect, it } from 'vitest'
import { verifyPrehashedP256 } from '../../src/aitp/p256-prehashed.ts'
import { signatureFault } from '../../src/aitp/signature.ts'
import { engine, fromB64u, P, readVector } from './fixtures.ts'

const { p256 } = readVector<{
  p256: Readonly<
    Record<
      'envelope' | 'pop',
      {
        signing_input: string
        challenge: string
        signature_prehashed_digest: string
        signature_hashed_again_aitp_rs: string
      }
    >
  >
}>('aitp/derived/worked-transcript.json')

const inputs = {
  envelope: engine.utf8Encode(p256.envelope.signing_input),
  pop: fromB64u(p256.pop.challenge),
}

it.each(['envelope', 'pop'] as const)('the derived %s signature passes only where it is allowed', (name) => {
  const { signature_prehashed_digest: prehashed, signature_hashed_again_aitp_rs: current } = p256[name]
  const faults = (text: string) =>
    [{}, { acceptPrehashedP256: true }].map((compat) =>
      signatureFault(engine, P.aid, inputs[name], text, compat),
    )
  expect(faults(prehashed)).toEqual(['does not verify', undefined])
  expect(faults(current)).toEqual([undefined, undefined])
})

it('any bit changed is refused, and so are numbers out of range', () => {
  const signature = fromB64u(p256.pop.signature_prehashed_digest.replace('p256.', ''))
  const digest = engine.sha256(inputs.pop)
  const verify = (changed: Uint8Array) => verifyPrehashedP256(engine, P.publicKey, digest, changed)
  expect(verify(signature)).toBe(true)
  for (const index of [0, 31, 32, 63]) {
    expect(verify(signature.map((byte, at) => (at === index ? byte ^ 1 : byte)))).toBe(false)
  }
  expect(verify(new Uint8Array(64))).toBe(false)
  expect(verify(new Uint8Array(64).fill(255))).toBe(false)
  expect(verify(signature.subarray(1))).toBe(false)
  expect(verifyPrehashedP256(engine, P.publicKey.subarray(1), digest, signature)).toBe(false)
  expect(verifyPrehashedP256(engine, P.publicKey, new Uint8Array(32), signature)).toBe(false)
})

it('agrees with an engine on a signature over the same integer', () => {
  const message = engine.utf8Encode('one digest')
  expect(verifyPrehashedP256(engine, P.publicKey, engine.sha256(message), P.sign(message))).toBe(true)
})
