import { describe, expect, it } from 'vitest'
import { withLowS } from '../../src/aitp/low-s.ts'
import { signatureFault, signDigest, verifyRaw } from '../../src/aitp/signature.ts'
import { A, aitp, B, b64u, engine, fromB64u, fromHex, P } from './fixtures.ts'

const input = engine.utf8Encode('input')
const good = signDigest(engine, A, input)
const goodP256 = signDigest(engine, P, input)

describe('signature members', () => {
  it('are untagged for Ed25519 and tagged for P-256', () => {
    expect(good).toMatch(/^[A-Za-z0-9_-]{86}$/)
    expect(goodP256).toMatch(/^p256\.[A-Za-z0-9_-]{86}$/)
  })

  it.each([
    ['Ed25519', A, good],
    ['Ed25519 with its tag', A, `ed25519.${good}`],
    ['P-256', P, goodP256],
  ])('%s verifies', (_, key, text) => {
    expect(signatureFault(engine, key.aid, input, text)).toBeUndefined()
  })

  it.each([
    ['by another key', B, good, 'does not verify'],
    ['tagged with another algorithm', A, `p256.${good}`, 'its algorithm is not that of the AID'],
    ['untagged for a P-256 AID', P, goodP256.slice(5), 'its algorithm is not that of the AID'],
    ['with an unknown tag', A, `ed448.${good}`, 'not of the form'],
    ['one character short', A, good.slice(1), 'not of the form'],
    ['one character long', A, `${good}A`, 'not of the form'],
    ['with padding', A, `${good}==`, 'not of the form'],
    ['with the other alphabet', A, `+${good.slice(1)}`, 'not of the form'],
    ['with unused bits that are not zero', A, `${good.slice(0, -1)}B`, 'unused bits'],
    ['in hexadecimal', A, Buffer.from(fromB64u(good)).toString('hex'), 'not of the form'],
    ['empty', A, '', 'not of the form'],
  ])('is refused %s', (_, key, text, fault) => {
    expect(signatureFault(engine, key.aid, input, text)).toContain(fault)
  })
})

describe('P-256', () => {
  const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const raw = fromB64u(goodP256.slice(5))
  const s = BigInt(`0x${Buffer.from(raw.subarray(32)).toString('hex')}`)
  const highS = new Uint8Array([...raw.subarray(0, 32), ...fromHex((n - s).toString(16).padStart(64, '0'))])

  it('always signs with low S', () => {
    const halves = Array.from({ length: 16 }, (_, index) => P.sign(Uint8Array.of(index))[32] ?? 0)
    expect(Math.max(...halves)).toBeLessThan(0x80)
  })

  it('refuses high S, which node:crypto accepts', () => {
    const digest = engine.sha256(input)
    expect(engine.p256Verify(P.publicKey, digest, highS)).toBe(true)
    expect(verifyRaw(engine, { algorithm: 'p256', bytes: P.publicKey }, digest, highS)).toBe(false)
    expect(signatureFault(engine, P.aid, input, `p256.${b64u(highS)}`)).toBe('does not verify')
    expect(withLowS(highS)).toEqual(raw)
  })
})

describe('an agent key', () => {
  const seed = new Uint8Array(32).fill(7)
  const key = aitp.agentKey(seed)

  it('shows nothing but its AID', () => {
    expect(JSON.stringify(key)).toBe(JSON.stringify({ aid: key.aid }))
    const everything = JSON.stringify(Object.values(key).map(String))
    expect(everything).not.toContain(Array.from(seed).join())
    expect(Object.isFrozen(key)).toBe(true)
  })

  it.each([0, 31, 33])('is not made from %i bytes', (length) => {
    expect(() => aitp.agentKey(new Uint8Array(length))).toThrow(TypeError)
    expect(() => aitp.p256AgentKey(new Uint8Array(length))).toThrow(TypeError)
  })
})
