import { describe, expect, it } from 'vitest'
import { A, aitp, engine, fromHex, P } from '../../fixtures.ts'

describe('the engine on node:crypto', () => {
  it('decodes UTF-8 only when it is well-formed, and keeps a byte order mark', () => {
    expect(engine.utf8Decode(fromHex('c3a9'))).toBe('é')
    expect(engine.utf8Decode(fromHex('efbbbf7b7d'))).toBe('\ufeff{}')
    for (const malformed of ['ff', 'c3', 'c0af', 'eda080', 'f4908080']) {
      expect(engine.utf8Decode(fromHex(malformed))).toBeUndefined()
    }
  })

  it('finds the point of a compressed key, and none where X is not on the curve', () => {
    const { x, y } = engine.p256Point(P.publicKey) ?? {}
    expect([x?.length, y?.length]).toEqual([32, 32])
    expect(engine.p256Point(fromHex(`02${'00'.repeat(31)}01`))).toBeUndefined()
    expect(engine.p256Point(fromHex(`04${'00'.repeat(32)}`))).toBeUndefined()
    expect(engine.p256Point(P.publicKey.subarray(1))).toBeUndefined()
  })

  it('answers no, and does not throw, for bytes that are no key or no signature', () => {
    const message = new Uint8Array(3)
    expect(engine.ed25519Verify(new Uint8Array(32).fill(2), message, A.sign(message))).toBe(false)
    expect(engine.ed25519Verify(A.publicKey, message, new Uint8Array(63))).toBe(false)
    expect(engine.p256Verify(new Uint8Array(33).fill(2), message, P.sign(message))).toBe(false)
    expect(engine.p256Verify(P.publicKey, message, new Uint8Array(63))).toBe(false)
  })

  it('still knows a key that its cache has dropped', () => {
    const message = new Uint8Array(1)
    const signature = A.sign(message)
    for (let index = 0; index < 600; index++) {
      const seed = new Uint8Array(32)
      seed.set([index >> 8, index & 255, 1])
      const key = aitp.agentKey(seed)
      engine.ed25519Verify(key.publicKey, message, signature)
    }
    expect(engine.ed25519Verify(A.publicKey, message, signature)).toBe(true)
  })

  it('refuses a scalar that is no key', () => {
    expect(() => aitp.p256AgentKey(new Uint8Array(32))).toThrow()
    expect(() => aitp.p256AgentKey(new Uint8Array(32).fill(255))).toThrow()
  })
})
