import { generateKeyPairSync, sign } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { AitpError, createAitp, type Engine, parseJwks } from '../../../src/aitp/index.ts'
import { browserEngine } from '../../../src/aitp/platform/browser/engine.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { acceptedEdgeCases, edgeCases, forgeableKeys, smallOrderKeys } from './edge-cases.ts'
import { forge } from './forgeries.ts'
import { fromHex, judgeEd25519, judgeP256 } from './vectors.ts'

/** Valid signatures with S in the upper half, by `tcId`. An agent has to lower S, so as its signatures they are refused. */
// biome-ignore format: a list of numbers.
const HIGH_S = [
  64, 66, 67, 68, 71, 77, 78, 80, 81, 85, 86, 87, 94, 95, 96, 100, 102, 104, 105, 107, 110, 111, 114, 115, 117, 118,
  138, 139, 140, 141, 142, 171, 172, 175, 176, 177, 180, 183, 189, 190, 191, 192, 195, 196, 197, 199, 200, 204, 210,
  211, 216, 217, 226, 227, 229, 233, 234, 237, 240, 242, 243, 244, 246, 248, 249, 250, 252, 253, 257, 262,
]

const engines: readonly [string, Engine][] = [
  ['node:crypto', nodeEngine],
  ['noble', browserEngine],
]

describe.each(engines)('the engine on %s', (_, engine) => {
  it('judges every Wycheproof case of Ed25519 as published', () => {
    // Published as acceptable: keys of small order (152–159), which we refuse, and of mixed order, which we do not.
    expect(judgeEd25519(engine)).toEqual({
      total: 210,
      asPublished: 181,
      ours: { accepted: range(160, 180), refused: range(152, 159) },
      wronglyAccepted: [],
      highS: [],
      wronglyRefused: [],
    })
  })

  it('judges every Wycheproof case of P-256 as published, but refuses a high S of an agent', () => {
    const byOthers = judgeP256(engine, 'others')
    expect(byOthers).toMatchObject({ total: 262, asPublished: 262, wronglyAccepted: [], wronglyRefused: [] })
    const byAid = judgeP256(engine, 'aid')
    expect(byAid).toMatchObject({ wronglyAccepted: [], wronglyRefused: [], highS: HIGH_S })
    expect(byAid.asPublished).toBe(262 - HIGH_S.length)
  })

  it('accepts of the edge cases exactly those of the column "ours"', () => {
    const wanted = edgeCases(engine).filter(({ accepted }) => accepted)
    expect(acceptedEdgeCases(engine)).toEqual(wanted.map(({ name }) => name))
    expect(wanted.map(({ name }) => name)).toEqual(['speccheck 3', 'good signature'])
  })

  it('refuses every key of small order, though the equation holds for its forgery', () => {
    expect(forgeableKeys(engine, forge())).toEqual([])
  })
})

it('the forgeries are good ones: a lenient verifier accepts every one of them', () => {
  const accepted = forge().filter(({ publicKey, message, signature }) =>
    ed25519.verify(signature, message, fromHex(publicKey)),
  )
  expect(accepted.map(({ publicKey }) => publicKey)).toEqual(smallOrderKeys)
})

describe('an identity token signed with RS256', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = 1711900000
  const presenter = 'aid:pubkey:O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik'
  const jkt = '9ZP03Nu8GrXPAUkbKNxHOKBzxPX83SShgFkRNK-f2lw'
  const context = {
    now,
    issuer: 'https://issuer.example.com',
    subject: 'alpha',
    audience: null,
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    keys: parseJwks(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] })),
  }
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { issuer: iss, subject: sub, nonce } = context
  const claims = { iss, sub, aud: presenter, iat: now, exp: now + 60, nonce, cnf: { jkt } }
  const signed = `${text({ alg: 'RS256', typ: 'JWT' })}.${text(claims)}`
  const token = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`

  it('verifies on node:crypto', () => {
    const aitp = createAitp(nodeEngine)
    const terms = { ...context, presenter: aitp.parseAid(presenter) }
    expect(() => aitp.verifyIdentityToken(token, terms)).not.toThrow()
    expect(() => aitp.verifyIdentityToken(`${token.slice(0, -4)}AAAA`, terms)).toThrow(AitpError)
  })

  it('is refused with a code where there is no synchronous RSA', () => {
    const aitp = createAitp(browserEngine)
    const terms = { ...context, presenter: aitp.parseAid(presenter) }
    expect(() => aitp.verifyIdentityToken(token, terms)).toThrow(
      expect.objectContaining({ name: 'AitpError', code: 'IDENTITY_FAILED' }),
    )
  })
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
