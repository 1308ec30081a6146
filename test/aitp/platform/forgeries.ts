import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { type Forgery, smallOrderKeys } from './edge-cases.ts'
import { fromHex } from './vectors.ts'

const { Point } = ed25519

/**
 * For each key of small order a signature that nobody made with it: R = [S]B, and a message for which k is a multiple
 * of eight, so that [k]A vanishes and the equation holds whatever A is.
 */
export function forge(): readonly Forgery[] {
  return smallOrderKeys.map((publicKey) => {
    const s = 5n
    const r = Point.BASE.multiply(s).toBytes()
    const signature = new Uint8Array(64)
    signature.set(r)
    signature[32] = Number(s)
    for (let count = 0; ; count++) {
      const message = Uint8Array.from([count >> 8, count & 0xff])
      const hash = createHash('sha512').update(r).update(fromHex(publicKey)).update(message).digest()
      const k = BigInt(`0x${hash.reverse().toString('hex')}`) % Point.Fn.ORDER
      if (k % 8n === 0n) return { publicKey, message, signature }
    }
  })
}
