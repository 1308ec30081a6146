import type { Engine } from '../../aitp/index.ts'
import type { Pair } from './compare.ts'
import { nativeWork, recordingEngine, type SignatureWork } from './native.ts'
import { NOW, type Parties, parties } from './parties.ts'

export interface Benchmark {
  readonly name: string
  readonly unit: string
  /** The least ratio of ours to the bare signatures. Below it, the profile has to say where the rest goes. */
  readonly least: number
  readonly prepare: (engine: Engine) => Pair & { readonly signatures: number }
}

export const benchmarks: readonly Benchmark[] = [
  { name: 'verify', unit: 'TCT verifications', least: 0.85, prepare: verification },
  { name: 'handshake', unit: 'complete handshakes', least: 0.6, prepare: handshake },
]

/** A token from a peer that is known: no report, the same bytes each time. */
function verification(engine: Engine) {
  const { aitp, alpha, beta } = parties(engine)
  const { token } = aitp.issueTct(alpha.key, {
    subject: beta.key.aid,
    grants: ['alpha.read', 'alpha.write'],
    now: NOW,
    ttlSecs: 3600,
    notAfter: NOW + 7200,
    jti: '550e8400-e29b-41d4-a716-446655440000',
  })
  const context = {
    now: NOW,
    expectedIssuer: alpha.key.aid,
    expectedAudience: beta.key.aid,
    issuerManifest: alpha.manifest,
    requiredGrant: 'alpha.read',
    isRevoked: () => false,
  }
  return compared(engine, (instance) => {
    const bound = parties(instance).aitp
    return () => void bound.verifyTct(token, context)
  })
}

/** Four messages, both sides, all four judged in full; the peers' manifests are fetched and verified before. */
function handshake(engine: Engine) {
  return compared(engine, (instance) => {
    const both = parties(instance)
    return () => shakeHands(both)
  })
}

function shakeHands({ aitp, alpha, beta, randomBytes }: Parties): void {
  const step = { now: NOW, randomBytes }
  const hello = aitp.startHandshake(alpha, beta.manifest, ['beta.read'], step)
  const ack = aitp.receiveHello(beta, hello.message, step)
  const commit = hello.state.onHelloAck(ack.message, step)
  const commitAck = ack.state.onCommit(commit.message, step)
  commit.state.onCommitAck(commitAck.message, step)
}

/** Does the work once on an engine that takes notes, so that what is compared is what is really signed. */
function compared(engine: Engine, workOn: (engine: Engine) => () => void) {
  const work: SignatureWork[] = []
  const noted = workOn(recordingEngine(engine, work))
  work.length = 0
  noted()
  return { ours: workOn(engine), bare: nativeWork(work), signatures: work.length }
}
