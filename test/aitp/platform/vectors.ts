import type { Engine } from '../../../src/aitp/index.ts'
import { hasLowS } from '../../../src/aitp/low-s.ts'
import { verifyRaw } from '../../../src/aitp/signature.ts'
import p1363 from '../../vectors/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json' with { type: 'json' }
import ed25519 from '../../vectors/wycheproof/ed25519_test.json' with { type: 'json' }

// Runs in Node and in a page: no file, no Buffer.

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )
}

/** How an implementation judged published cases, by their ids. */
export interface Tally {
  readonly total: number
  /** Published as valid and accepted, or published as invalid and refused. */
  readonly asPublished: number
  /** Published as `acceptable`, which leaves the verdict to the implementation. */
  readonly ours: Readonly<Record<'accepted' | 'refused', readonly number[]>>
  readonly wronglyAccepted: readonly number[]
  /** Refused although valid, because S is in the upper half. */
  readonly highS: readonly number[]
  readonly wronglyRefused: readonly number[]
}

interface Case {
  readonly tcId: number
  readonly msg: string
  readonly sig: string
  readonly result: string
}

export function judgeEd25519(engine: Engine): Tally {
  return tally(
    ed25519.testGroups.flatMap(({ publicKey, tests }) => {
      const key = { algorithm: 'ed25519', bytes: fromHex(publicKey.pk) } as const
      return tests.map((test) => ({
        test,
        accepted: verifyRaw(engine, key, fromHex(test.msg), fromHex(test.sig)),
        highS: false,
      }))
    }),
  )
}

/** `by: 'aid'` as signatures by agents are judged, `'others'` as those of an identity provider are: with either S. */
export function judgeP256(engine: Engine, by: 'aid' | 'others'): Tally {
  return tally(
    p1363.testGroups.flatMap(({ publicKey, tests }) => {
      const bytes = compressed(fromHex(publicKey.uncompressed))
      const key = { algorithm: 'p256', bytes } as const
      return tests.map((test) => {
        const [message, signature] = [fromHex(test.msg), fromHex(test.sig)]
        const accepted =
          by === 'aid'
            ? verifyRaw(engine, key, message, signature)
            : engine.p256Verify(bytes, message, signature)
        return { test, accepted, highS: by === 'aid' && signature.length === 64 && !hasLowS(signature) }
      })
    }),
  )
}

interface Verdict {
  readonly test: Case
  readonly accepted: boolean
  readonly highS: boolean
}

function tally(verdicts: readonly Verdict[]): Tally {
  const ids = (holds: (verdict: Verdict) => boolean) => verdicts.filter(holds).map(({ test }) => test.tcId)
  return {
    total: verdicts.length,
    asPublished: ids(({ test, accepted }) => test.result === (accepted ? 'valid' : 'invalid')).length,
    ours: {
      accepted: ids(({ test, accepted }) => test.result === 'acceptable' && accepted),
      refused: ids(({ test, accepted }) => test.result === 'acceptable' && !accepted),
    },
    wronglyAccepted: ids(({ test, accepted }) => test.result === 'invalid' && accepted),
    highS: ids(({ test, accepted, highS }) => test.result === 'valid' && !accepted && highS),
    wronglyRefused: ids(({ test, accepted, highS }) => test.result === 'valid' && !accepted && !highS),
  }
}

function compressed(point: Uint8Array): Uint8Array {
  const [x, y] = [point.subarray(1, 33), point.subarray(33)]
  return Uint8Array.from([2 + ((y[31] ?? 0) & 1), ...x])
}
