import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAitp, popHeaders } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import {
  eventsOf,
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

const aitp = createAitp(nodeEngine)
const grant = 'write.content#pop_required'

/** Alice holds a token of Bob's, who asks for proof of possession. */
async function scene(bobs: Parameters<typeof startLoneWorker>[3]) {
  const sink = await startTelemetrySink()
  const [alice, bob] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink, {}, bobs),
  ])
  await introduce([alice, bob])
  await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl })
  const held = await alice.admin('GET', `/admin/held-tct?peer_aid=${encodeURIComponent(bob.worker.aid)}`)
  const { tct_token: token, jti } = held as { tct_token: string; jti: string }
  return { sink, alice, bob, token, jti }
}

function invoke(alice: LoneWorker, bob: LoneWorker, capability = 'write.content'): Promise<unknown> {
  return alice.admin('POST', '/admin/invoke', { peer_aid: bob.worker.aid, capability, payload: 'x' })
}

async function post(bob: LoneWorker, headers: Record<string, string>, capability = 'write.content') {
  const response = await fetch(
    `http://127.0.0.1:${bob.worker.port}/capabilities/${encodeURIComponent(capability)}`,
    { method: 'POST', headers },
  )
  const body: { error?: { code?: string } } = JSON.parse(await response.text())
  return { status: response.status, code: body.error?.code, headers: response.headers }
}

/** The proof that a key gives, of whatever token the challenge is about. */
function proofBy(seed: Uint8Array, challenge: string, issuer: string, jti: string): string {
  const key = aitp.agentKey(seed)
  const now = Math.floor(Date.now() / 1000)
  const claims = { jti, iss: aitp.parseAid(issuer), sub: key.aid, cnf: { jkt: aitp.thumbprint(key.aid) } }
  const verified = aitp.verifyPopChallenge(aitp.fromPopHeader(challenge) ?? '', { now, claims })
  const step = { now, randomBytes: (length: number) => randomBytes(length) }
  return aitp.toPopHeader(aitp.answerPopChallenge(key, verified, step))
}

describe('proof of possession', () => {
  it('is asked for with 401 and a challenge, given by the holder, and on record with its ladders: B-40', async () => {
    const { sink, alice, bob } = await scene({ aitp: { pop: 'required' } })
    expect(await invoke(alice, bob)).toMatchObject({ article: expect.any(String) })
    const answers = exchangesOf(sink, 'capability').filter(({ side }) => side === 'client')
    expect(answers.map(({ response, report }) => [response?.status, report?.subject])).toEqual([
      [401, 'pop_challenge'],
      [200, 'unsigned'],
    ])
    expect(eventsOf(sink, 'gate.decided').map(({ decision, code }) => [decision, code])).toEqual([
      ['challenged', 'pop_required'],
      ['allowed', null],
    ])
    expect(eventsOf(sink, 'gate.decided').at(-1)?.stages[2]?.reason).toContain(
      'possession of its key is proven',
    )
  })

  it('is required by a grant that ends in #pop_required, and of no other call', async () => {
    const { alice, bob, token } = await scene({ aitp: { offered_caps: [grant] } })
    for (const capability of ['write.content', grant]) {
      expect(await post(bob, { 'x-aitp-tct': token }, capability)).toMatchObject({ status: 401 })
      expect(await invoke(alice, bob, capability)).toMatchObject({ article: expect.any(String) })
    }
    const usual = await scene({})
    expect(await post(usual.bob, { 'x-aitp-tct': usual.token })).toMatchObject({ status: 200 })
  })

  it('cannot be given by a thief: a proof by another key is refused with 403', async () => {
    const { sink, bob, token, jti } = await scene({ aitp: { pop: 'required' } })
    const asked = await post(bob, { 'x-aitp-tct': token })
    expect(asked).toMatchObject({ status: 401, code: 'pop_required' })
    const challenge = asked.headers.get(popHeaders.challenge) ?? ''
    const proof = proofBy(randomBytes(32), challenge, bob.worker.aid, jti)
    expect(await post(bob, { 'x-aitp-tct': token, [popHeaders.response]: proof })).toMatchObject({
      status: 403,
      code: 'POP_RESPONSE_INVALID',
    })
    expect(exchangesOf(sink, 'capability').at(-1)?.report).toMatchObject({
      subject: 'pop_response',
      verdict: 'refused',
    })
  })

  it('serves once: the same proof again is refused, and so is one without a challenge', async () => {
    const { alice, bob, token, jti } = await scene({ aitp: { pop: 'required' } })
    const seed = Buffer.from(alice.bootstrap.aitp.seed_hex, 'hex')
    const asked = await post(bob, { 'x-aitp-tct': token })
    const challenge = asked.headers.get(popHeaders.challenge) ?? ''
    const headers = {
      'x-aitp-tct': token,
      [popHeaders.response]: proofBy(seed, challenge, bob.worker.aid, jti),
    }
    expect(await post(bob, headers)).toMatchObject({ status: 200 })
    expect((await post(bob, headers)).status).toBe(403)
    const answeredTwice = {
      ...headers,
      [popHeaders.response]: proofBy(seed, challenge, bob.worker.aid, jti),
    }
    expect(await post(bob, answeredTwice)).toMatchObject({ status: 403, code: 'POP_RESPONSE_INVALID' })
    expect(await post(bob, { 'x-aitp-tct': token, [popHeaders.response]: 'nonsense' })).toMatchObject({
      status: 403,
      code: 'INVALID_ENVELOPE',
    })
  })

  it('is given to the issuer of the token alone, and nobody gets one for an unverified token', async () => {
    const { bob } = await scene({ aitp: { pop: 'required' } })
    const answer = await post(bob, { 'x-aitp-tct': 'a.b.c' })
    expect(answer.status).toBe(403)
    expect(answer.headers.get(popHeaders.challenge)).toBeNull()
  })
})

describe('the cache of verified tokens', () => {
  it('verifies a signature once and tells how often it was spared', async () => {
    const { alice, bob } = await scene({})
    const stats = () => bob.admin('GET', '/admin/tct-cache-stats')
    expect(await stats()).toEqual({ enabled: true, hits: 0, misses: 0, size: 0 })
    for (let calls = 0; calls < 3; calls += 1) await invoke(alice, bob)
    await post(bob, { 'x-aitp-tct': 'a.b.c' })
    expect(await stats()).toEqual({ enabled: true, hits: 2, misses: 1, size: 1 })
  })
})

describe('a call without a token', () => {
  it('goes to the address of the pin and comes back as data', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
    ])
    await introduce([alice, bob])
    const call = { peer_aid: bob.worker.aid, capability: 'write.content', token: 'none' }
    expect(await alice.admin('POST', '/admin/invoke', call)).toMatchObject({
      error: true,
      status_code: 403,
      body: { error: { code: 'TCT_SIGNATURE_INVALID' } },
    })
    await expect(
      alice.admin('POST', '/admin/invoke', { ...call, peer_aid: alice.worker.aid }),
    ).rejects.toMatchObject({ status: 412, code: 'unknown_peer' })
  })
})

describe('a capability with unusual characters in its name', () => {
  it('reaches its agent as it was named: B-77', async () => {
    const name = 'write/../content?x=1#y'
    const { sink, alice, bob } = await scene({ aitp: { offered_caps: [name] } })
    // The grant is there, the code is not.
    expect(await invoke(alice, bob, name)).toMatchObject({ error: true, status_code: 404 })
    expect(eventsOf(sink, 'gate.decided')).toMatchObject([{ capability: name, decision: 'allowed' }])
  })
})
