import { describe, expect, it } from 'vitest'
import { aidIdentifier, aidKey, isSameKey, parseAid } from '../../src/aitp/aid.ts'
import { A, aidText, aitp, B, engine, P, refusal } from './fixtures.ts'

const identifier = aidIdentifier(A.aid)
const tagged = aidText(`aid:pubkey:ed25519:${identifier}`)

const SMALL_ORDER = [
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA',
  'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA',
  '7P_______________________________________38',
  '7P________________________________________8',
  'JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU',
  'xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o',
]

const smallOrder = SMALL_ORDER.map((key): [string, string] => ['a key of small order', `aid:pubkey:${key}`])

describe('parseAid', () => {
  it('accepts the three textual forms', () => {
    expect(aidKey(A.aid)).toEqual({ algorithm: 'ed25519', bytes: A.publicKey })
    expect(aidKey(tagged)).toEqual({ algorithm: 'ed25519', bytes: A.publicKey })
    expect(aidKey(aidText(P.aid))).toEqual({ algorithm: 'p256', bytes: P.publicKey })
  })

  it.each<[string, string]>([
    ['another method', `aid:web:${identifier}`],
    ['a DID', `did:key:${identifier}`],
    ['an unknown tag', `aid:pubkey:x25519:${identifier}`],
    ['a key one character short', `aid:pubkey:${identifier.slice(1)}`],
    ['a key one character long', `aid:pubkey:${identifier}A`],
    ['padding', `aid:pubkey:${identifier.slice(1)}=`],
    ['unused bits that are not zero', `aid:pubkey:${identifier.slice(0, -1)}l`],
    ['a P-256 key without its tag', P.aid.replace('p256:', '')],
    ['an Ed25519 key tagged p256', `aid:pubkey:p256:${identifier}`],
    ['an uncompressed tag byte', `aid:pubkey:p256:B${aidIdentifier(P.aid).slice(1)}`],
    ['an X that is not on the curve', 'aid:pubkey:p256:AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB'],
    ['a y that is not below p', 'aid:pubkey:7f_______________________________________38'],
    ['blanks around it', ` ${A.aid}`],
    ['a line break behind it', `${A.aid}\n`],
    ['nothing', ''],
    ...smallOrder,
  ])('refuses %s', (_, text) => {
    expect(refusal(() => aitp.parseAid(text))).toBe('INVALID_ENVELOPE null')
  })

  it('uses the structural code of the artifact it stands in', () => {
    expect(refusal(() => parseAid(engine, 'x', 'MANIFEST_INVALID'))).toBe('MANIFEST_INVALID null')
  })
})

describe('isSameKey', () => {
  it('takes the untagged and the tagged form for one key', () => {
    expect(isSameKey(A.aid, tagged)).toBe(true)
    expect(isSameKey(A.aid, B.aid)).toBe(false)
  })
})
