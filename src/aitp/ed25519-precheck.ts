/** The group order L, little-endian. */
const L = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
/** The field prime p = 2^255 − 19, little-endian. */
const P = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')

/** The y of the eight points of small order; with the sign bit cleared they are five. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex)

/** Whether 32 bytes may stand for a point: y written canonically, and not of small order. */
export function isAcceptableEd25519Point(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false
  const y = Uint8Array.from(bytes)
  y[31] = (y[31] ?? 0) & 0x7f
  return isBelow(y, P) && !SMALL_ORDER_Y.some((small) => equal(y, small))
}

/**
 * What has to hold before an Ed25519 signature is handed to the engine: S < L, and R and A canonical and not of
 * small order. OpenSSL, BoringSSL and their versions disagree on exactly these inputs; with this in front all give
 * the verdicts of dalek's `verify_strict`.
 */
export function passesEd25519Precheck(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isBelow(signature.subarray(32), L) &&
    isAcceptableEd25519Point(signature.subarray(0, 32)) &&
    isAcceptableEd25519Point(publicKey)
  )
}

/** Compares two little-endian numbers of 32 bytes. */
function isBelow(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, index) => byte === right[index])
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )
}
