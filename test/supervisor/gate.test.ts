import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import {
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

async function introduced(sink: TelemetrySink): Promise<{ alice: LoneWorker; bob: LoneWorker }> {
  const [alice, bob] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink),
  ])
  const entry = (agent_id: string, { worker, manifestUrl }: LoneWorker) => ({
    agent_id,
    aid: worker.aid,
    manifest_url: manifestUrl,
    did: null,
  })
  await alice.admin('PUT', '/admin/peers', { peers: [entry('writer', bob)] })
  await bob.admin('PUT', '/admin/peers', { peers: [entry('researcher', alice)] })
  return { alice, bob }
}

async function call(bob: LoneWorker, headers: Record<string, string>, body = '{}') {
  const response = await fetch(`http://127.0.0.1:${bob.worker.port}/capabilities/write.content`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return { status: response.status, body: await response.json() }
}

function gateEvents(sink: TelemetrySink) {
  return sink.items.flatMap((item) =>
    item.item === 'event' && item.event.type === 'gate.decided' ? [item.event] : [],
  )
}

describe('the capability gate', () => {
  it('refuses a call without a token with 403 and says at which check', async () => {
    const sink = await startTelemetrySink()
    const { bob } = await introduced(sink)
    expect(await call(bob, {})).toEqual({
      status: 403,
      body: {
        error: {
          code: 'TCT_SIGNATURE_INVALID',
          message: 'refused with TCT_SIGNATURE_INVALID',
          retryable: false,
        },
        detail: 'refused with TCT_SIGNATURE_INVALID',
      },
    })
    const [decided] = gateEvents(sink)
    expect(decided).toMatchObject({ decision: 'refused', caller_aid: null, code: 'TCT_SIGNATURE_INVALID' })
    expect(decided?.stages.map(({ stage, decision }) => `${stage} ${decision}`)).toEqual([
      'kill_state skipped',
      'limits passed',
      'trust refused',
      'revocation not_reached',
      'policy not_reached',
      'payment not_reached',
    ])
  })

  it('lets a caller in with the token that this agent issued, and leaves two events', async () => {
    const sink = await startTelemetrySink()
    const { alice, bob } = await introduced(sink)
    await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl })
    const answer = await alice.admin('POST', '/admin/invoke', {
      peer_aid: bob.worker.aid,
      capability: 'write.content',
      payload: { findings: '- tides turn', topic: 'tides' },
    })
    expect(answer).toMatchObject({ article: expect.stringContaining('tides turn'), style: 'technical' })
    const types = sink.items.flatMap((item) => (item.item === 'event' ? [item.event.type] : []))
    expect(types.slice(-4)).toEqual(['gate.decided', 'llm.started', 'llm.complete', 'capability.invoked'])
    expect(gateEvents(sink)[0]).toMatchObject({ decision: 'allowed', caller_aid: alice.worker.aid })
  })

  it('refuses a token that somebody minted to himself, good signature and grant notwithstanding', async () => {
    const sink = await startTelemetrySink()
    const { bob } = await introduced(sink)
    const aitp = createAitp(nodeEngine)
    const mallory = aitp.agentKey(randomBytes(32))
    const now = Math.floor(Date.now() / 1000)
    const { token } = aitp.issueTct(mallory, {
      subject: mallory.aid,
      grants: ['write.content'],
      now,
      ttlSecs: 600,
      notAfter: now + 600,
      jti: randomUUID(),
    })
    expect(await call(bob, { 'x-aitp-tct': token })).toMatchObject({ status: 403 })
    expect(gateEvents(sink)[0]).toMatchObject({ decision: 'refused', code: 'TCT_SIGNATURE_INVALID' })
  })

  it('refuses a capability that the token does not grant with POLICY_VIOLATION', async () => {
    const sink = await startTelemetrySink()
    const { alice, bob } = await introduced(sink)
    await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl })
    expect(
      await alice.admin('POST', '/admin/invoke', { peer_aid: bob.worker.aid, capability: 'write.other' }),
    ).toMatchObject({ error: true, status_code: 403, body: { error: { code: 'POLICY_VIOLATION' } } })
  })

  it('refuses a payload over its limit before it looks at the token', async () => {
    const sink = await startTelemetrySink()
    const { bob } = await introduced(sink)
    expect(await call(bob, {}, JSON.stringify('x'.repeat(70_000)))).toMatchObject({
      status: 429,
      body: { error: { code: 'limited' } },
    })
    expect(gateEvents(sink)[0]?.stages.map(({ decision }) => decision)).toEqual([
      'skipped',
      'refused',
      'not_reached',
      'not_reached',
      'not_reached',
      'not_reached',
    ])
  })
})
