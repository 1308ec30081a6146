import { describe, expect, it } from 'vitest'
import { A, aitp, B, refusal, T0 } from './fixtures.ts'
import { type Edit, edited, Scene } from './handshake/scene.ts'

/** The message of a handshake in progress, and the state that waits for it. */
const messages = {
  hello_ack(scene: Scene) {
    const hello = scene.start()
    const { message } = scene.receive(hello.message)
    return {
      message,
      key: B,
      party: scene.a,
      take: (text: string, now: number) => hello.state.onHelloAck(text, scene.step(now)),
    }
  },
  commit(scene: Scene) {
    const { ack, commit } = scene.untilCommit()
    const { message } = commit
    return {
      message,
      key: A,
      party: scene.b,
      take: (text: string, now: number) => ack.state.onCommit(text, scene.step(now)),
    }
  },
  commit_ack(scene: Scene) {
    const { commit, commitAck } = scene.untilCommitAck()
    const { message } = commitAck
    return {
      message,
      key: B,
      party: scene.a,
      take: (text: string, now: number) => commit.state.onCommitAck(text, scene.step(now)),
    }
  },
}

const prefixes = ['hello_ack', 'commit', 'commit_ack'] as const

/** The envelope checks of MUTUAL_HELLO are tried one by one with the responder; these are the same for the others. */
describe.each(prefixes)('the envelope of a %s', (prefix) => {
  const setTo =
    (changes: object): Edit =>
    (draft) => {
      Object.assign(draft, changes)
    }

  it.each<[string, Edit, string]>([
    ['envelope', setTo({ message_id: 'x' }), 'INVALID_ENVELOPE'],
    ['envelope', setTo({ trace_id: 'x' }), 'UNKNOWN_FIELD'],
    ['message_type', setTo({ message_type: 'mutual_hello' }), 'INVALID_ENVELOPE'],
    ['version', setTo({ version: 'aitp/0.1' }), 'UNKNOWN_VERSION'],
    ['timestamp', setTo({ timestamp: T0 - 500 }), 'TIMESTAMP_EXPIRED'],
    ['timestamp', setTo({ timestamp: T0 + 500 }), 'TIMESTAMP_EXPIRED'],
    ['payload', setTo({ payload: {} }), 'INVALID_ENVELOPE'],
    ['envelope_signature', setTo({ signature: 'x' }), 'INVALID_SIGNATURE'],
  ])('%s', (check, edit, code) => {
    const { message, key, take } = messages[prefix](new Scene())
    const text = edited(message, edit, check === 'envelope_signature' ? undefined : key)
    expect(refusal(() => take(text, T0 + 5))).toBe(`${code} ${prefix}.${check}`)
  })

  it('is refused when its id was seen before', () => {
    const { message, key, party, take } = messages[prefix](new Scene())
    party.replay.checkAndRecord(key.aid, JSON.parse(message).message_id, T0)
    expect(refusal(() => take(message, T0 + 5))).toBe(`REPLAY_DETECTED ${prefix}.replay`)
  })

  it('is refused when its id cannot be kept', () => {
    // One id fits: the hello's at the responder, the hello ack's at the initiator, or somebody else's.
    const replay = aitp.createReplayStore({ capacity: 1 })
    if (prefix === 'hello_ack') replay.checkAndRecord('somebody', 'else', T0)
    const scene = prefix === 'commit' ? new Scene({}, { replay }) : new Scene({ replay })
    const { message, take } = messages[prefix](scene)
    expect(refusal(() => take(message, T0 + 5))).toBe(`REPLAY_DETECTED ${prefix}.replay_record`)
  })
})
