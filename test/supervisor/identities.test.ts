import http from 'node:http'
import { describe, expect, it } from 'vitest'
import { mintMockIssuer } from '../../src/main/trust/oidc-issuer.ts'
import { createStranger } from '../support/stranger.ts'
import {
  type BootstrapChanges,
  eventsOf,
  exchangesOf,
  introduce,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

const issuer = mintMockIssuer()
const vouchedFor: BootstrapChanges = {
  aitp: { identity_type: 'oidc', oidc_subject: 'researcher@example.test' },
  oidc: issuer.bootstrapFor('oidc'),
}
const acceptsOidc: BootstrapChanges = { oidc: issuer.bootstrapFor('pinned_key') }

/** A request whose `Host` header is chosen, which `fetch` does not allow. */
function getAs(host: string, port: number, path: string) {
  return new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, headers: { host } }, async (response) => {
        const chunks = await response.toArray()
        resolve({
          status: response.statusCode ?? 0,
          type: String(response.headers['content-type']),
          body: Buffer.concat(chunks).toString(),
        })
      })
      .on('error', reject)
  })
}

describe('an agent with an OIDC identity', () => {
  it.each([
    ['Ed25519', 'ed25519', /^aid:pubkey:(?!p256:)/],
    ['P-256', 'p256', /^aid:pubkey:p256:/],
  ] as const)('shakes hands with a pinned one, %s, from either side', async (_, signing_suite, form) => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink, {}, { ...vouchedFor, aitp: { ...vouchedFor.aitp, signing_suite } }),
      startLoneWorker('writer', sink, {}, acceptsOidc),
    ])
    await introduce([alice, bob])
    expect(alice.worker.aid).toMatch(form)
    await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl })
    await bob.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: alice.manifestUrl })
    const [called, answered] = [exchangesOf(sink, 'hello').at(-1), exchangesOf(sink, 'hello').at(0)]
    for (const exchange of [called, answered]) {
      expect(exchange?.report?.verdict).toBe('accepted')
      expect(exchange?.report?.checks.filter(({ status }) => status === 'failed')).toEqual([])
    }
    expect(
      await alice.admin('POST', '/admin/invoke', {
        peer_aid: bob.worker.aid,
        capability: 'write.content',
        payload: '- a finding',
      }),
    ).toMatchObject({ article: expect.stringContaining('a finding') })
  })

  it('is refused by an agent that does not know its issuer, before any hello is sent', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink, {}, vouchedFor),
      startLoneWorker('writer', sink),
    ])
    await introduce([alice, bob])
    await expect(
      alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl }),
    ).rejects.toMatchObject({ code: 'INCOMPATIBLE_IDENTITY_TYPE' })
    expect(exchangesOf(sink, 'hello')).toEqual([])
  })

  it('is refused when its token was signed by another issuer of the same name', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink, {}, { ...vouchedFor, oidc: mintMockIssuer().bootstrapFor('oidc') }),
      startLoneWorker('writer', sink, {}, acceptsOidc),
    ])
    await introduce([alice, bob])
    await expect(
      alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl }),
    ).rejects.toMatchObject({ code: 'IDENTITY_FAILED' })
  })

  it.each([
    ['a P-256 key without OIDC', { aitp: { signing_suite: 'p256' } }],
    ['OIDC without an issuer', { aitp: { identity_type: 'oidc' } }],
    [
      'OIDC without the key of the issuer',
      { aitp: { identity_type: 'oidc' }, oidc: issuer.bootstrapFor('pinned_key') },
    ],
    [
      'OIDC by an issuer that is not the run’s',
      {
        aitp: { identity_type: 'oidc', oidc_issuer: 'https://other.example/' },
        oidc: issuer.bootstrapFor('oidc'),
      },
    ],
  ] as const)('does not start with %s', async (_, changes) => {
    await expect(
      startLoneWorker('researcher', await startTelemetrySink(), {}, changes),
    ).rejects.toMatchObject({
      code: 'agent_spawn_error',
    })
  })
})

describe('the DID document of an agent', () => {
  it('names the port that is really listened on, whatever the scenario hoped for (B-47)', async () => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('researcher', sink, {}, { aitp: { did_web_host: 'localhost:8101' } })
    const { port } = alice.worker
    const { status, type, body } = await getAs(`localhost:${port}`, port, '/.well-known/did.json')
    expect({ status, type }).toEqual({ status: 200, type: 'application/did+json' })
    expect(JSON.parse(body)).toEqual({
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: `did:web:localhost%3A${port}`,
      service: [
        {
          id: `did:web:localhost%3A${port}#aitp`,
          type: 'AitpManifest',
          serviceEndpoint: `http://localhost:${port}`,
        },
      ],
    })
    expect(exchangesOf(sink, 'did')).toMatchObject([{ report: { subject: 'unsigned' } }])
  })

  it('is served under the public name it is about, and there is none without a name', async () => {
    const sink = await startTelemetrySink()
    const [named, unnamed] = await Promise.all([
      startLoneWorker(
        'writer',
        sink,
        {},
        {
          aitp: {
            did_web_host: 'org-b.aitp.test:9100',
            did_web_scheme: 'https',
            public_origin: 'https://agents.example',
          },
        },
      ),
      startLoneWorker('writer', sink),
    ])
    const { body } = await getAs('org-b.aitp.test:9100', named.worker.port, '/.well-known/did.json')
    expect(JSON.parse(body)).toMatchObject({
      id: 'did:web:org-b.aitp.test%3A9100',
      service: [{ serviceEndpoint: 'https://org-b.aitp.test:9100' }],
    })
    expect((await getAs('agents.example', named.worker.port, '/.well-known/aitp-manifest')).status).toBe(200)
    expect((await getAs('elsewhere.example', named.worker.port, '/.well-known/did.json')).status).toBe(403)
    const none = await getAs(`127.0.0.1:${unnamed.worker.port}`, unnamed.worker.port, '/.well-known/did.json')
    expect(none.status).toBe(404)
  })
})

describe('an agent under a public name', () => {
  const hosted: BootstrapChanges = { aitp: { public_origin: 'https://agents.example' } }

  it('announces its endpoint and its services there', async () => {
    const bob = await startLoneWorker('writer', await startTelemetrySink(), {}, hosted)
    const { manifest } = JSON.parse(await (await fetch(bob.manifestUrl)).text())
    expect(manifest).toMatchObject({
      handshake_endpoint: 'https://agents.example/aitp/handshake/',
      extensions: {
        'rfc-aitp-0005.renew_uri': 'https://agents.example/aitp/handshake/renew',
        'rfc-aitp-0006.delegation_verify_uri': 'https://agents.example/aitp/delegation/redeem',
      },
    })
  })

  it.each([
    ['lets in a stranger, whose pin is reported as skipped', hosted, 200, 'skipped'],
    ['is not the same as one on this machine, which refuses him', {}, 400, 'not_reached'],
  ] as const)('%s', async (_, changes, status, pinCheck) => {
    const sink = await startTelemetrySink()
    const bob = await startLoneWorker('writer', sink, {}, changes)
    const { answer } = await createStranger().sayHello(bob)
    expect(answer.status).toBe(status)
    const checks = exchangesOf(sink, 'hello')[0]?.report?.checks ?? []
    expect(checks.find(({ id }) => id === 'identity.pin')?.status).toBe(pinCheck)
    expect(eventsOf(sink, 'handshake.failed')).toHaveLength(status === 200 ? 0 : 1)
  })
})
