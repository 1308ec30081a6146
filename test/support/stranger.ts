import { randomBytes } from 'node:crypto'
import { type AgentKey, type AwaitingHelloAck, createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import type { LoneWorker } from './worker.ts'

const aitp = createAitp(nodeEngine)
const unixNow = () => Math.floor(Date.now() / 1000)

/** An agent without a process, driven message by message from a test. */
export interface Stranger {
  readonly key: AgentKey
  /** Says hello to a worker, as it is reached on this machine. */
  sayHello(worker: LoneWorker): Promise<{ readonly answer: Response; readonly state: AwaitingHelloAck }>
  /** Commits after an accepted hello. */
  commit(worker: LoneWorker, hello: Awaited<ReturnType<Stranger['sayHello']>>): Promise<Response>
}

export function createStranger(): Stranger {
  const key = aitp.agentKey(randomBytes(32))
  const post = (worker: LoneWorker, route: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${worker.worker.port}/aitp/handshake/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })

  function party() {
    const now = unixNow()
    const { verified } = aitp.buildManifest(
      key,
      {
        subject: 'stranger',
        handshakeEndpoint: 'https://stranger.example/aitp/handshake/',
        offeredCapabilities: ['research.query'],
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: now,
        expiresAt: now + 600,
      },
      { randomBytes },
    )
    return {
      key,
      manifest: verified,
      pins: null,
      tctTtlSecs: 60,
      issueVoucher: false,
      allowLoopbackHttp: true,
      replay: aitp.createReplayStore({ capacity: 10 }),
    }
  }

  return {
    key,
    async sayHello(worker) {
      const now = unixNow()
      const text = await (await fetch(worker.manifestUrl)).text()
      const peer = aitp.verifyManifest(text, { now, allowLoopbackHttp: true })
      const { offered_capabilities } = peer.body
      const { message, state } = aitp.startHandshake(party(), peer, offered_capabilities, {
        now,
        randomBytes,
      })
      return { answer: await post(worker, 'hello', message), state }
    },
    async commit(worker, { answer, state }) {
      const { message } = state.onHelloAck(await answer.text(), { now: unixNow(), randomBytes })
      const session = answer.headers.get('x-aitp-session-id') ?? ''
      return post(worker, 'commit', message, { 'x-aitp-session-id': session })
    },
  }
}
