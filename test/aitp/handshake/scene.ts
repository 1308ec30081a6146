import { envelopeSigningInput } from '../../../src/aitp/envelope.ts'
import type { AgentKey, HandshakeParty } from '../../../src/aitp/index.ts'
import { A, aitp, B, counting, engine, manifestOf, partyOf, signField, T0 } from '../fixtures.ts'

/** An envelope taken apart, for a test to change. */
export interface Draft {
  version: unknown
  message_type: unknown
  message_id: string
  timestamp: number
  sender: { agent_id: string }
  payload: Record<string, unknown>
  signature: string
  [member: string]: unknown
}

export type Edit = (draft: Draft) => void

/** The message with an edit, signed again by the key unless the edit is to be noticed by the signature. */
export function edited(message: string, edit: Edit, key?: AgentKey): string {
  const draft: Draft = JSON.parse(message)
  edit(draft)
  if (key !== undefined) draft.signature = signField(key, envelopeSigningInput(engine, draft))
  return JSON.stringify(draft)
}

export const alpha = manifestOf(A, 'alpha').verified
export const beta = manifestOf(B, 'beta').verified

/** A asks B for `beta.read`; B asks A for all that it offers. */
export class Scene {
  readonly a: HandshakeParty
  readonly b: HandshakeParty
  readonly #random = counting()

  constructor(a: Partial<HandshakeParty> = {}, b: Partial<HandshakeParty> = {}) {
    this.a = partyOf(A, alpha, a)
    this.b = partyOf(B, beta, b)
  }

  step(now: number) {
    return { now, randomBytes: this.#random, collector: aitp.createCollector() }
  }

  start(requested: readonly string[] = ['beta.read']) {
    return aitp.startHandshake(this.a, this.b.manifest, requested, this.step(T0))
  }

  receive(hello = this.start().message) {
    return aitp.receiveHello(this.b, hello, this.step(T0 + 1))
  }

  /** Up to the commit. */
  untilCommit() {
    const hello = this.start()
    const ack = this.receive(hello.message)
    const commit = hello.state.onHelloAck(ack.message, this.step(T0 + 2))
    return { hello, ack, commit }
  }

  /** Up to the commit ack. */
  untilCommitAck() {
    const { hello, ack, commit } = this.untilCommit()
    const commitAck = ack.state.onCommit(commit.message, this.step(T0 + 3))
    return { hello, ack, commit, commitAck }
  }
}
