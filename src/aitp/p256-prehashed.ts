import type { Engine, P256Point } from './engine.ts'
import { hasLowS } from './low-s.ts'

/** The field prime, the order and the base point of P-256; its coefficient a is −3. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const G: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

/** An affine point; `undefined` stands for the point at infinity. */
interface Point {
  readonly x: bigint
  readonly y: bigint
}

/**
 * Verifies ECDSA over a digest that is not hashed again, which engines do not offer. Only for `acceptPrehashedP256`,
 * hence simple and slow; a verifier has no secret that its timing could tell.
 */
export function verifyPrehashedP256(
  engine: Engine,
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const point = engine.p256Point(publicKey)
  if (point === undefined || signature.length !== 64 || !hasLowS(signature)) return false
  const r = toInteger(signature.subarray(0, 32))
  const s = toInteger(signature.subarray(32))
  if (r === 0n || r >= N || s === 0n) return false
  const inverse = invert(s, N)
  const left = multiply(G, (toInteger(digest) * inverse) % N)
  const right = multiply(affine(point), (r * inverse) % N)
  const sum = add(left, right)
  return sum !== undefined && sum.x % N === r
}

function multiply(point: Point, scalar: bigint): Point | undefined {
  let sum: Point | undefined
  let power: Point | undefined = point
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, power)
    power = add(power, power)
  }
  return sum
}

function add(left: Point | undefined, right: Point | undefined): Point | undefined {
  if (left === undefined) return right
  if (right === undefined) return left
  if (left.x === right.x && left.y !== right.y) return undefined
  const slope =
    left.x === right.x
      ? (3n * left.x * left.x - 3n) * invert(2n * left.y, P)
      : (right.y - left.y) * invert(right.x - left.x, P)
  const x = reduce(slope * slope - left.x - right.x, P)
  return { x, y: reduce(slope * (left.x - x) - left.y, P) }
}

/** By the extended Euclidean algorithm. */
function invert(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, reduce(value, modulus)]
  let [previousFactor, factor] = [0n, 1n]
  while (current > 1n) {
    const quotient = previous / current
    ;[previous, current] = [current, previous - quotient * current]
    ;[previousFactor, factor] = [factor, previousFactor - quotient * factor]
  }
  return reduce(factor, modulus)
}

function reduce(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

function affine({ x, y }: P256Point): Point {
  return { x: toInteger(x), y: toInteger(y) }
}

function toInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}
