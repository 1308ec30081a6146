/** The order n of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const HALF_N = N / 2n

/** Whether S of a raw R‖S signature is in the lower half. A signature by an AID with the other S is refused. */
export function hasLowS(signature: Uint8Array): boolean {
  return toInteger(signature.subarray(32)) <= HALF_N
}

/** The same signature with S in the lower half. Engines give the upper one about every second time. */
export function withLowS(signature: Uint8Array): Uint8Array {
  const s = toInteger(signature.subarray(32))
  if (s <= HALF_N) return signature
  const normalised = Uint8Array.from(signature)
  let rest = N - s
  for (let index = 63; index >= 32; index--) {
    normalised[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return normalised
}

function toInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}
