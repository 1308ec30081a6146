import { describe, expect, it } from 'vitest'
import { AdminRefused } from '../../src/main/hosting/admin-client.ts'
import { startLoneWorker, startTelemetrySink } from '../support/worker.ts'

describe('an agent that answers at a peer’s address with another AID', () => {
  it('is refused by the initiator, and the ladder says at which check', async () => {
    const sink = await startTelemetrySink()
    const [alice, expected, impostor] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
      startLoneWorker('writer', sink),
    ])
    // The impostor's address under the pin of the agent that should be there.
    await alice.admin('PUT', '/admin/peers', {
      peers: [
        { agent_id: 'writer', aid: expected.worker.aid, manifest_url: impostor.manifestUrl, did: null },
      ],
    })
    const refused = alice.admin('POST', '/admin/initiate-handshake', {
      peer_manifest_url: impostor.manifestUrl,
    })
    await expect(refused).rejects.toThrow(AdminRefused)
    await expect(refused).rejects.toMatchObject({
      status: 502,
      code: 'IDENTITY_FAILED',
      check: 'manifest.expected_aid',
    })

    const captured = sink.items.find((item) => item.item === 'exchange' && item.exchange.side === 'client')
    const report = captured?.item === 'exchange' ? captured.exchange.report : null
    expect(report).toMatchObject({ subject: 'manifest', verdict: 'refused', code: 'IDENTITY_FAILED' })
    const failed = report?.checks.filter(({ status }) => status === 'failed')
    expect(failed).toMatchObject([
      { id: 'manifest.expected_aid', expected: expected.worker.aid, actual: impostor.worker.aid },
    ])
    const reported = sink.items.filter((item) => item.item === 'event').map(({ event }) => event.type)
    expect(reported).toEqual(['manifest.verify_failed'])
  })

  it('is refused by the responder when it says hello', async () => {
    const sink = await startTelemetrySink()
    const [alice, expected, impostor] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
      startLoneWorker('writer', sink),
    ])
    const peer = (agent_id: string, { worker, manifestUrl }: typeof alice) => ({
      agent_id,
      aid: worker.aid,
      manifest_url: manifestUrl,
      did: null,
    })
    await alice.admin('PUT', '/admin/peers', { peers: [peer('writer', expected)] })
    await impostor.admin('PUT', '/admin/peers', { peers: [peer('researcher', alice)] })
    await expect(
      impostor.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: alice.manifestUrl }),
    ).rejects.toMatchObject({ code: 'IDENTITY_FAILED' })
    const hello = sink.items.find(
      (item) => item.item === 'exchange' && item.exchange.side === 'server' && item.exchange.kind === 'hello',
    )
    const report = hello?.item === 'exchange' ? hello.exchange.report : null
    expect(report?.checks.filter(({ status }) => status === 'failed')).toMatchObject([
      { id: 'hello.expected_peer' },
    ])
  })
})

describe('a manifest that cannot be had', () => {
  it('ends the handshake with MANIFEST_NOT_FOUND, and leaves its exchange on record', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
    ])
    const nowhere = bob.manifestUrl.replace('aitp-manifest', 'no-manifest')
    await expect(
      alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: nowhere }),
    ).rejects.toMatchObject({ status: 502, code: 'MANIFEST_NOT_FOUND' })
    expect(sink.items.filter((item) => item.item === 'exchange')).toHaveLength(1)
  })
})

describe('the admin routes of an agent', () => {
  it('act for the host alone', async () => {
    const alice = await startLoneWorker('researcher', await startTelemetrySink())
    const url = `http://127.0.0.1:${alice.worker.port}/admin/self-execute`
    for (const authorization of [
      '',
      'Bearer ',
      'Bearer wrong',
      `Bearer ${alice.bootstrap.secrets.telemetry}`,
    ]) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: '{"capability":"research.query"}',
      })
      expect(response.status).toBe(401)
    }
  })

  it('send a held token nowhere but to its issuer, and none without a handshake', async () => {
    const alice = await startLoneWorker('researcher', await startTelemetrySink())
    await expect(
      alice.admin('POST', '/admin/invoke', { peer_aid: alice.worker.aid, capability: 'write.content' }),
    ).rejects.toMatchObject({ status: 412, code: 'no_held_tct' })
  })
})
