import { createHash, randomBytes } from 'node:crypto'
import type { AgentKey, Aitp } from '../../src/aitp/index.ts'
import type { SigningSuite } from '../../src/shared/agent-manifest.ts'

/** The order n of the P-256 group (FIPS 186-5). */
const p256Order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const zero = Buffer.alloc(32)

/** The key of a 32-byte seed; the same seed gives the same key. */
export function keyFromSeed(aitp: Aitp, suite: SigningSuite, seed: Uint8Array): AgentKey {
  return suite === 'ed25519' ? aitp.agentKey(seed) : aitp.p256AgentKey(p256Scalar(seed))
}

/** A key that nothing can be derived from. */
export function randomKey(aitp: Aitp, suite: SigningSuite): AgentKey {
  return keyFromSeed(aitp, suite, randomBytes(32))
}

/** The seed itself, as the ecosystem takes it; one in 2³² is no scalar of the group and is hashed until it is. */
function p256Scalar(seed: Uint8Array): Uint8Array {
  const isScalar = Buffer.compare(seed, zero) > 0 && Buffer.compare(seed, p256Order) < 0
  return isScalar ? seed : p256Scalar(createHash('sha256').update(seed).digest())
}
