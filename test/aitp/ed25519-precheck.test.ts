import { createHash } from 'node:crypto'
import { hashes, verify as nobleVerify } from '@noble/ed25519'
import { describe, expect, it } from 'vitest'
import { passesEd25519Precheck } from '../../src/aitp/ed25519-precheck.ts'
import { verifyRaw } from '../../src/aitp/signature.ts'
import { A, aitp, b64u, engine, fromHex, readVector } from './fixtures.ts'

interface Speccheck {
  readonly message: string
  readonly pub_key: string
  readonly signature: string
}

const speccheck = readVector<readonly Speccheck[]>('ed25519-speccheck.json')

function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyRaw(engine, { algorithm: 'ed25519', bytes: publicKey }, message, signature)
}

describe('the twelve speccheck cases', () => {
  /** Case 3 has a key of mixed order; dalek's `verify_strict` accepts it too. */
  it.each(speccheck.map((vector, index) => ({ index, vector, accepted: index === 3 })))(
    'case $index is accepted: $accepted',
    ({ vector, accepted }) => {
      const { pub_key, message, signature } = vector
      expect(verify(fromHex(pub_key), fromHex(message), fromHex(signature))).toBe(accepted)
    },
  )

  it('noble in its default mode accepts nine of them', () => {
    hashes.sha512 ??= (message) => new Uint8Array(createHash('sha512').update(message).digest())
    const verdicts = speccheck.map(({ pub_key, message, signature }) =>
      nobleVerify(fromHex(signature), fromHex(message), fromHex(pub_key)),
    )
    expect(verdicts.map((accepted) => (accepted ? 'V' : '·')).join(' ')).toBe('V V V V V V · · · V V V')
  })

  it('the pre-check alone leaves only those that no check of encodings can decide', () => {
    const left = speccheck.flatMap(({ pub_key, signature }, index) =>
      passesEd25519Precheck(fromHex(pub_key), fromHex(signature)) ? [index] : [],
    )
    expect(left).toEqual([3, 4, 5])
  })
})

describe('cases of our own', () => {
  const message = engine.utf8Encode('message')
  const identity = fromHex(`01${'00'.repeat(31)}`)
  const zeroS = new Uint8Array(32)

  it.each([
    ['the identity as key and R, S = 0', identity],
    ['the identity written as p + 1', fromHex(`ee${'ff'.repeat(30)}7f`)],
    ['the identity with the sign bit set', fromHex(`01${'00'.repeat(30)}80`)],
    ['a key with y = p + 3', fromHex(`f0${'ff'.repeat(30)}7f`)],
  ])('refuses %s', (_, key) => {
    expect(verify(key, message, new Uint8Array([...identity, ...zeroS]))).toBe(false)
  })

  it('refuses a good signature with S + L', () => {
    const signature = A.sign(message)
    expect(verify(A.publicKey, message, signature)).toBe(true)
    const L = 2n ** 252n + 27742317777372353535851937790883648493n
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + L
    const grown = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
    expect(verify(A.publicKey, message, new Uint8Array([...signature.subarray(0, 32), ...grown]))).toBe(false)
  })

  it.each([0, 31, 63, 65])('refuses a signature of %i bytes', (length) => {
    expect(verify(A.publicKey, message, new Uint8Array(length))).toBe(false)
  })
})

describe('RFC 8032 §7.1', () => {
  it.each([
    [
      'TEST 1',
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'TEST 2',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'TEST 3',
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('%s', (_, seed, publicKey, message, signature) => {
    const key = aitp.agentKey(fromHex(seed))
    expect(b64u(key.publicKey)).toBe(b64u(fromHex(publicKey)))
    expect(b64u(key.sign(fromHex(message)))).toBe(b64u(fromHex(signature)))
    expect(verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
  })
})
