import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asker, type Json } from '../control-plane/contract/check.ts'
import { sharedHost } from '../support/host.ts'
import { researchAndWrite } from '../support/repository.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))

/** The two services as a program from outside reaches them. */
function services() {
  const { host, folder } = shared()
  const { base_url, api_key } = JSON.parse(readFileSync(join(folder, 'control-plane.json'), 'utf8'))
  return {
    playground: asker(`http://127.0.0.1:${host.port}`, host.bearer),
    controlPlane: asker(base_url, api_key),
  }
}

/** The driver of the real Control Plane waits this long before it looks. */
const settleMs = 1_500

test('the sequence of the real Control Plane’s end-to-end driver passes (control-plane.md §14.2, checklist 13)', async () => {
  const { playground, controlPlane } = services()
  expect((await controlPlane('GET', '/api/health')).status).toBe(200)
  expect((await playground('GET', '/healthz')).status).toBe(200)
  const { scenarios } = (await playground('GET', '/scenarios')).body
  expect(scenarios.map(({ ref }: Json) => ref)).toContain(researchAndWrite)
  const overview = async () => (await controlPlane('GET', '/api/dashboard/overview?range=24h')).body.kpis
  const before = await overview()
  expect(before).toMatchObject({
    handshakesInRange: expect.any(Number),
    agentsRegistered: expect.any(Number),
    capabilityInvocationsInRange: expect.any(Number),
  })

  const detail = (await playground('GET', `/scenarios/${researchAndWrite}`)).body
  const { properties, required = [] } = detail.spec.inputs.schema
  const otherwise: Json = { array: [], object: {}, integer: 0, number: 0, string: 'e2e-default' }
  const inputs = Object.fromEntries(
    Object.entries<Json>(properties).flatMap(([name, { type, default: given }]) =>
      given !== undefined ? [[name, given]] : required.includes(name) ? [[name, otherwise[type]]] : [],
    ),
  )
  const started = await playground('POST', '/runs', {
    body: { scenario_ref: researchAndWrite, inputs, run_label: 'driver' },
  })
  expect(started.status).toBe(202)
  const { run_id } = started.body
  const status = async () => (await playground('GET', `/runs/${run_id}/status`)).body
  await expect.poll(async () => (await status()).status, { timeout: 30_000 }).toBe('success')
  const { outputs } = (await playground('GET', `/runs/${run_id}`)).body
  expect(JSON.stringify(outputs).length).toBeGreaterThan(50)

  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const { events } = (await controlPlane('GET', `/api/events/history?run_id=${run_id}&limit=200`)).body
  const types = new Set(events.map(({ type }: Json) => type))
  expect(types).toContain('run.started')
  expect(types).toContain('run.complete')
  expect(types.size).toBeGreaterThanOrEqual(3)
  expect(events).toHaveLength((await status()).event_count)
  const { sessions } = (await controlPlane('GET', `/api/sessions?run_id=${run_id}`)).body
  expect(sessions).toHaveLength(2)
  const after = await overview()
  expect(after.handshakesInRange - before.handshakesInRange).toBe(2)
  expect(after.capabilityInvocationsInRange - before.capabilityInvocationsInRange).toBe(1)
  const { entries } = (await controlPlane('GET', '/api/audit?limit=200')).body
  for (const entry of entries.filter(({ action }: Json) => action === 'agent.register'))
    expect(entry.requestId).not.toBe('')
})

/** What the existing web console reads of a Control Plane, call by call (console.md A.2, A.4). */
const read: readonly (readonly [
  path: string,
  list: string | null,
  fields: Readonly<Record<string, Json>>,
])[] = [
  ['/api/health', null, { ok: true, aid: expect.stringMatching(/^aid:/) }],
  ['/api/readyz', null, { ready: true }],
  [
    '/api/dashboard/overview?range=7d',
    null,
    {
      range: '7d',
      kpis: {
        agentsRegistered: expect.any(Number),
        handshakesTotal: expect.any(Number),
        handshakesInRange: expect.any(Number),
        handshakesSuccessInRange: expect.any(Number),
        activeSessions: expect.any(Number),
        capabilityInvocationsInRange: expect.any(Number),
        pendingWebhookDeliveries: expect.any(Number),
      },
      recentSessions: expect.any(Array),
      charts: {
        handshakesByBoundary: [{ boundary: 'intra_org', count: expect.any(Number) }],
        handshakesOverTime: [{ bucket: expect.any(String), count: expect.any(Number) }],
        topCapabilities: expect.arrayContaining([{ capability: 'write.content', count: expect.any(Number) }]),
      },
    },
  ],
  [
    '/api/dashboard/agents',
    'agents',
    {
      aid: expect.any(String),
      displayName: expect.any(String),
      status: 'active',
      handshakesAsInitiator: expect.any(Number),
      handshakesAsResponder: expect.any(Number),
      capabilityInvocations: expect.any(Number),
      registeredAt: expect.any(String),
    },
  ],
  [
    '/api/registry/agents',
    'agents',
    {
      aid: expect.any(String),
      displayName: expect.any(String),
      offeredCaps: expect.any(Array),
      status: 'active',
      handshakeEndpoint: expect.any(String),
      registeredAt: expect.any(String),
    },
  ],
  [
    '/api/sessions?status=complete',
    'sessions',
    {
      sessionId: expect.any(String),
      aidA: expect.stringMatching(/^aid:/),
      aidB: expect.stringMatching(/^aid:/),
      status: 'complete',
      grants: expect.any(Array),
      boundary: 'intra_org',
      startedAt: expect.any(String),
      completedAt: expect.any(String),
    },
  ],
  [
    '/api/tcts',
    'tcts',
    {
      jti: expect.any(String),
      issuer: expect.any(String),
      subject: expect.any(String),
      audience: expect.any(String),
      grants: expect.any(Array),
      issuedAt: expect.any(String),
      expiresAt: expect.any(String),
      revoked: false,
    },
  ],
  [
    '/api/delegations',
    'delegations',
    {
      jti: expect.any(String),
      parentJti: expect.any(String),
      delegator: expect.any(String),
      delegatee: expect.any(String),
      scope: expect.any(Array),
      revoked: false,
      expiresAt: expect.any(String),
    },
  ],
  [
    '/api/events/history?limit=500',
    'events',
    {
      id: expect.any(String),
      type: expect.any(String),
      ts: expect.any(String),
      payload: expect.any(Object),
      source: expect.any(String),
    },
  ],
  [
    '/api/trust-anchors',
    'trustAnchors',
    { id: expect.any(String), issuerUrl: expect.any(String), namespace: 'intra-org' },
  ],
  [
    '/api/pinned-keys',
    'pinnedKeys',
    { aid: expect.any(String), pubkey: expect.any(String), namespace: 'intra-org' },
  ],
  [
    '/api/audit',
    'entries',
    { action: expect.any(String), actorId: expect.anything(), requestId: expect.any(String) },
  ],
]

test.each([
  'external-enrollment',
  'cp-delegation-tree',
  'cp-trust-anchor-provisioning',
  'research-and-write',
])('a run of %s comes before the existing web console looks', async (name) => {
  const { playground } = services()
  const { body } = await playground('POST', '/runs', {
    body: { scenario_ref: `intra-org/${name}@1.0.0`, inputs: { topic: 'harbour pilots' } },
  })
  const status = async () => (await playground('GET', `/runs/${body.run_id}/status`)).body.status
  await expect.poll(status, { timeout: 30_000 }).toBe('success')
  await new Promise((resolve) => setTimeout(resolve, 500))
})

test.each(read)('the existing web console finds what it reads at %s', async (path, list, fields) => {
  const { status, body } = await services().controlPlane('GET', path)
  expect(status).toBe(200)
  const record = list === null ? body : body[list].find((one: Json) => one.actorId !== null)
  expect(record).toMatchObject(fields)
})

test('the defects of the existing web console that can be absorbed are (A.4)', async () => {
  const { controlPlane } = services()
  const { body } = await controlPlane('POST', '/api/webhooks', {
    body: { url: 'https://93.184.215.14/hook', active: false },
  })
  expect(await controlPlane('PUT', `/api/webhooks/${body.id}`, { body: { active: false } })).toMatchObject({
    status: 200,
  })
  const { agents } = (await controlPlane('GET', '/api/registry/agents?status=all')).body
  expect(agents.length).toBeGreaterThan(0)
  const metrics = await controlPlane('GET', '/api/metrics', { key: null })
  // Its parser takes no timestamps and no closing brace inside a label.
  for (const line of metrics.text.split('\n').filter((text) => text !== '' && !text.startsWith('#')))
    expect(line).toMatch(/^[a-z_]+(\{[^}]*\})? -?[0-9.e+]+$/)
})
