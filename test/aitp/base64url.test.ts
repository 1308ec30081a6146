import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/aitp/base64url.ts'

/** What Node makes of the text; every one of these is refused here. */
const lenient = [
  ['padding', 'AA==', [0]],
  ['the other alphabet, plus', '++++', [251, 239, 190]],
  ['the other alphabet, slash', '////', [255, 255, 255]],
  ['a blank', 'AA A', [0, 0]],
  ['a line break', 'AAAA\n', [0, 0, 0]],
  ['a stray character', 'AA!A', [0, 0]],
  ['unused bits that are not zero, two characters', 'AB', [0]],
  ['unused bits that are not zero, three characters', 'AAB', [0, 0]],
  ['a single character left over', 'AAAAA', [0, 0, 0]],
] as const

describe('decodeBase64url', () => {
  it.each(lenient)('refuses %s, which Node accepts', (_, text, bytesOfNode) => {
    expect([...Buffer.from(text, 'base64url')]).toEqual(bytesOfNode)
    expect(decodeBase64url(text)).toBeUndefined()
  })

  it.each(['Ω', 'AAA\u0000', '=', '\ud800AAA'])('refuses %j', (text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })

  it('decodes the empty text and the whole alphabet', () => {
    expect(decodeBase64url('')).toEqual(new Uint8Array(0))
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    expect(encodeBase64url(decodeBase64url(alphabet) ?? new Uint8Array())).toBe(alphabet)
  })
})
