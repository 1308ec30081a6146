import type { Engine } from '../../../src/aitp/index.ts'
import { verifyRaw } from '../../../src/aitp/signature.ts'
import speccheck from '../../vectors/ed25519-speccheck.json' with { type: 'json' }
import { fromHex } from './vectors.ts'

// Runs in Node and in a page.

/** A case of the strictness table and whether it is to be accepted. */
export interface EdgeCase {
  readonly name: string
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly accepted: boolean
}

const identity = fromHex(`01${'00'.repeat(31)}`)
const message = fromHex('6d657373616765')
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** Every encoding of the eight points of small order that some library decodes: canonical ones first. */
export const smallOrderKeys: readonly string[] = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(31)}`,
  `ee${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(31)}`,
]

/** The rows of the table: the twelve of "Taming the many EdDSAs", and our own. */
export function edgeCases(engine: Engine): readonly EdgeCase[] {
  const signer = engine.ed25519Signer(new Uint8Array(32))
  const good = signer.sign(message)
  const grown = withS(good, scalarOf(good) + ORDER)
  const zeroS = Uint8Array.from([...identity, ...new Uint8Array(32)])
  const own = (name: string, publicKey: Uint8Array, signature: Uint8Array, accepted = false): EdgeCase => ({
    name,
    publicKey,
    message,
    signature,
    accepted,
  })
  return [
    ...speccheck.map((vector, index) => ({
      name: `speccheck ${index}`,
      publicKey: fromHex(vector.pub_key),
      message: fromHex(vector.message),
      signature: fromHex(vector.signature),
      // A key of mixed order for which both equations hold; dalek's `verify_strict` accepts it too.
      accepted: index === 3,
    })),
    own('identity as key and R, S = 0', identity, zeroS),
    own('identity written as p + 1', fromHex(`ee${'ff'.repeat(30)}7f`), zeroS),
    own('identity with the sign bit set', fromHex(`01${'00'.repeat(30)}80`), zeroS),
    own('key with y = p + 3', fromHex(`f0${'ff'.repeat(30)}7f`), zeroS),
    own('good signature', signer.publicKey, good, true),
    own('good signature with S + L', signer.publicKey, grown),
  ]
}

/** The names of the cases that are accepted. */
export function acceptedEdgeCases(engine: Engine): readonly string[] {
  return edgeCases(engine)
    .filter((edge) =>
      verifyRaw(engine, { algorithm: 'ed25519', bytes: edge.publicKey }, edge.message, edge.signature),
    )
    .map(({ name }) => name)
}

/** The small-order keys for which any signature of `attempts` is accepted; none should be. */
export function forgeableKeys(engine: Engine, attempts: readonly Forgery[]): readonly string[] {
  return smallOrderKeys.filter((publicKey) =>
    attempts
      .filter((attempt) => attempt.publicKey === publicKey)
      .some((attempt) =>
        verifyRaw(
          engine,
          { algorithm: 'ed25519', bytes: fromHex(publicKey) },
          attempt.message,
          attempt.signature,
        ),
      ),
  )
}

export interface Forgery {
  readonly publicKey: string
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

function scalarOf(signature: Uint8Array): bigint {
  return signature.subarray(32).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function withS(signature: Uint8Array, s: bigint): Uint8Array {
  const changed = Uint8Array.from(signature)
  for (let index = 32, rest = s; index < 64; index++, rest >>= 8n) changed[index] = Number(rest & 0xffn)
  return changed
}
