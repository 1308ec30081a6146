import { expect, it } from 'vitest'
import { isAid } from '../../src/aitp/aid.ts'
import { createKnownKeys, rememberingKeys } from '../../src/aitp/known-keys.ts'
import { thumbprint } from '../../src/aitp/thumbprint.ts'
import { A, B, engine, P } from './fixtures.ts'

it('remembers a key and its thumbprint, and nothing that is no AID', () => {
  const bound = rememberingKeys(engine)
  expect(bound.knownKeys?.get(A.aid)).toBeUndefined()
  expect(isAid(bound, A.aid)).toBe(true)
  expect(thumbprint(bound, A.aid)).toBe(thumbprint(engine, A.aid))
  expect(bound.knownKeys?.get(A.aid)).toEqual({
    algorithm: 'ed25519',
    bytes: A.publicKey,
    thumbprint: thumbprint(engine, A.aid),
  })
  const smallOrder = `aid:pubkey:${'A'.repeat(43)}`
  expect(isAid(bound, smallOrder)).toBe(false)
  expect(bound.knownKeys?.get(smallOrder)).toBeUndefined()
})

it('is part of one bound library', () => {
  const [one, other] = [rememberingKeys(engine), rememberingKeys(engine)]
  isAid(one, P.aid)
  expect(one.knownKeys?.get(P.aid)?.algorithm).toBe('p256')
  expect(other.knownKeys?.get(P.aid)).toBeUndefined()
  expect(engine.knownKeys).toBeUndefined()
})

it('forgets the oldest key when it is full', () => {
  const keys = createKnownKeys(2)
  for (const name of ['a', 'b', 'c']) keys.set(name, { algorithm: 'ed25519', bytes: B.publicKey })
  expect(['a', 'b', 'c'].map((name) => keys.get(name) !== undefined)).toEqual([false, true, true])
})
