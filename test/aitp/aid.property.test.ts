import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aidKey, isAid } from '../../src/aitp/aid.ts'
import { aitp, engine } from './fixtures.ts'

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })

it('gives the public key back for every Ed25519 seed', () => {
  fc.assert(
    fc.property(secret, (seed) => {
      const { aid, publicKey } = aitp.agentKey(seed)
      expect(aidKey(aitp.parseAid(aid)).bytes).toEqual(publicKey)
    }),
    { numRuns: 30 },
  )
})

it('refuses an AID with any other last character than one that leaves the unused bits zero', () => {
  fc.assert(
    fc.property(secret, (seed) => {
      const { aid } = aitp.agentKey(seed)
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const accepted = [...alphabet].filter((last) => isAid(engine, aid.slice(0, -1) + last))
      expect(accepted).toEqual([...'AEIMQUYcgkosw048'])
    }),
    { numRuns: 10 },
  )
})
