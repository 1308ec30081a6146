import { createAitp, type Engine, type HandshakeParty } from '../../../src/aitp/index.ts'
import { canonicalize } from '../../../src/aitp/jcs.ts'
import jcs from '../../vectors/aitp/known-answer/jcs-sha256.json' with { type: 'json' }
import thumbprints from '../../vectors/aitp/known-answer/jwk-thumbprints.json' with { type: 'json' }
import keypairs from '../../vectors/aitp/known-answer/keypairs.json' with { type: 'json' }
import { fromHex } from './vectors.ts'

// Runs in Node and in a page.

const NOW = 1711900000

/** Whether the engine reproduces the published keys, thumbprints and digests, by the id of each vector. */
export function knownAnswers(engine: Engine): Readonly<Record<string, boolean>> {
  const aitp = createAitp(engine)
  const aids = new Map<string, string>()
  const answers: [string, boolean][] = []
  for (const { id, aid, ...secret } of keypairs.vectors) {
    const seed = 'seed_hex' in secret ? secret.seed_hex : undefined
    const scalar = 'private_scalar_hex' in secret ? secret.private_scalar_hex : undefined
    const key = scalar === undefined ? aitp.agentKey(fromHex(seed ?? '')) : aitp.p256AgentKey(fromHex(scalar))
    aids.set(id, aid)
    answers.push([id, key.aid === aid])
  }
  for (const { id, keypair_ref, jkt } of thumbprints.vectors) {
    answers.push([id, aitp.thumbprint(aitp.parseAid(aids.get(keypair_ref) ?? '')) === jkt])
  }
  for (const vector of jcs.vectors) {
    if (!('object' in vector)) continue
    const digest = engine.sha256(engine.utf8Encode(canonicalize(vector.object)))
    answers.push([vector.id, hex(digest) === vector.sha256_hex])
  }
  return Object.fromEntries(answers)
}

/** The four messages of a handshake with fixed keys, clock and randomness: the same bytes on every engine. */
export function handshakeTranscript(engine: Engine): readonly string[] {
  const aitp = createAitp(engine)
  let count = 0
  const randomBytes = (length: number) => engine.sha256(engine.utf8Encode(`${count++}`)).subarray(0, length)
  const [alpha, beta] = ['alpha', 'beta'].map((name, index): HandshakeParty => {
    const key = aitp.agentKey(new Uint8Array(32).fill(index))
    const { verified } = aitp.buildManifest(
      key,
      {
        subject: name,
        handshakeEndpoint: `https://${name}.example.com/aitp/handshake/`,
        offeredCapabilities: [`${name}.read`],
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: NOW,
        expiresAt: NOW + 7200,
      },
      { randomBytes },
    )
    const replay = aitp.createReplayStore({ capacity: 10 })
    return {
      key,
      manifest: verified,
      pins: null,
      tctTtlSecs: 3600,
      issueVoucher: true,
      allowLoopbackHttp: false,
      replay,
    }
  })
  if (alpha === undefined || beta === undefined) throw new TypeError('there are two parties')
  const step = { now: NOW, randomBytes }
  const hello = aitp.startHandshake(alpha, beta.manifest, ['beta.read'], step)
  const ack = aitp.receiveHello(beta, hello.message, step)
  const commit = hello.state.onHelloAck(ack.message, step)
  const commitAck = ack.state.onCommit(commit.message, step)
  commit.state.onCommitAck(commitAck.message, step)
  return [hello.message, ack.message, commit.message, commitAck.message]
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
