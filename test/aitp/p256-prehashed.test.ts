import { expect, it } from 'vitest'
import { signatureFault, signDigest } from '../../src/aitp/signature.ts'
import { aitp, engine, fromB64u, P, readVector } from './fixtures.ts'

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
const forms = [{}, { acceptPrehashedP256: true }]

it.each(['envelope', 'pop'] as const)('the derived %s signature passes only where it is allowed', (name) => {
  const { signature_prehashed_digest: prehashed, signature_hashed_again_aitp_rs: current } = p256[name]
  const faults = (text: string) =>
    forms.map((compat) => signatureFault(engine, P.aid, inputs[name], text, compat))
  expect(faults(prehashed)).toEqual(['does not verify', undefined])
  expect(faults(current)).toEqual([undefined, undefined])
})

it('a key made for the prehashed form emits it, and a plain one does not', () => {
  const key = aitp.p256AgentKey(new Uint8Array(32).fill(9), { emitPrehashedP256: true })
  const plain = aitp.p256AgentKey(new Uint8Array(32).fill(9))
  const faults = (text: string) =>
    forms.map((compat) => signatureFault(engine, key.aid, inputs.pop, text, compat))
  expect(faults(signDigest(engine, key, inputs.pop))).toEqual(['does not verify', undefined])
  expect(faults(signDigest(engine, plain, inputs.pop))).toEqual([undefined, undefined])
})

it('any bit changed is refused in either form', () => {
  const compat = { acceptPrehashedP256: true }
  for (const text of [p256.pop.signature_prehashed_digest, p256.pop.signature_hashed_again_aitp_rs]) {
    const signature = fromB64u(text.replace('p256.', ''))
    for (const index of [0, 31, 32, 63]) {
      const changed = signature.map((byte, at) => (at === index ? byte ^ 1 : byte))
      const encoded = `p256.${Buffer.from(changed).toString('base64url')}`
      expect(signatureFault(engine, P.aid, inputs.pop, encoded, compat)).toBe('does not verify')
    }
  }
})
