import { browserEngine } from '../../../src/aitp/platform/browser/engine.ts'
import { acceptedEdgeCases } from './edge-cases.ts'
import { handshakeTranscript, knownAnswers } from './known-answers.ts'
import { judgeEd25519, judgeP256 } from './vectors.ts'

/** What the page under test works out, as data that can leave it. */
export function verdicts(engine = browserEngine) {
  return {
    knownAnswers: knownAnswers(engine),
    edgeCases: acceptedEdgeCases(engine),
    ed25519: judgeEd25519(engine),
    p256: judgeP256(engine, 'aid'),
    transcript: handshakeTranscript(engine),
  }
}

Object.assign(globalThis, { verdicts })
