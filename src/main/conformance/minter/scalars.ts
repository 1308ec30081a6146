import { mapStrings } from '../tree.ts'
import { type KeyRing, NOW, toBase64url } from './keys.ts'

const OFFSET = /^__NOW_(MINUS|PLUS)_(\d+)__$/

/** A copy of the input with its times and nonces. A nonce echo repeats the last nonce before it. */
export function fillScalars(input: unknown, ring: KeyRing): unknown {
  let count = 0
  let nonce = ''
  return mapStrings(input, (text) => {
    if (text === '__NOW__') return NOW
    const [, direction, seconds] = OFFSET.exec(text) ?? []
    if (direction !== undefined) return NOW + (direction === 'PLUS' ? 1 : -1) * Number(seconds)
    if (text === '__VALID_NONCE__') nonce = newNonce(ring, count++)
    return text === '__VALID_NONCE__' || text === '__VALID_NONCE_ECHO__' ? nonce : text
  })
}

/** 16 bytes that depend on how many nonces the fixture had before. */
function newNonce(ring: KeyRing, count: number): string {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  const digest = ring.sha256(Buffer.concat([Buffer.from('__VALID_NONCE__'), counter]))
  return toBase64url(digest.subarray(0, 16))
}
