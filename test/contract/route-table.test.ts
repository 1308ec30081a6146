import { connect } from 'node:net'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { readAsOldConsole } from '../support/exposition.ts'
import { makeFolder } from '../support/folders.ts'
import { openHost } from '../support/open-host.ts'
import { freePort } from '../support/ports.ts'
import { repositoryRoot } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'

const scenario = 'intra-org/research-and-write@1.0.0'
const absent = '00000000-0000-4000-8000-000000000000'
const text = expect.any(String)
const number = expect.any(Number)
const list = expect.any(Array)
const some = expect.any(Object)

/** What the paths of the table stand for in this host. */
interface Known {
  readonly run: string
  readonly hosted: string
  readonly peerDid: string
  readonly peerPort: number
}

let base = ''
let bearer = ''
let known: Known = { run: '', hosted: '', peerDid: '', peerPort: 0 }

beforeAll(async () => {
  const { folder, remove } = makeFolder()
  const host = await openHost(folder, {
    pagesDir: join(repositoryRoot, 'out', 'renderer'),
    environment: { PATH: process.env['PATH'], AITP_FEDERATION_ALLOW_LOOPBACK: '1' },
  })
  base = `http://127.0.0.1:${host.port}`
  bearer = host.bearer
  const client = createLocalClient(host.handlers)
  const { run_id } = await client.call('startRun', { scenario_ref: scenario, inputs: { topic: 'tables' } })
  await endOf(client, run_id)
  const hostAgent = async (name: string, domain: string) => {
    const port = await freePort()
    return client.call('hostAgent', { ref: `_shared/agents/${name}`, public_host: `${domain}:${port}`, port })
  }
  const own = await hostAgent('researcher', '127.0.0.1')
  const peer = await hostAgent('analyzer', 'localhost')
  known = { run: run_id, hosted: own.hosted_id, peerDid: peer.did, peerPort: peer.port }
  return async () => {
    await host.close()
    remove()
  }
})

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const received = await response.text()
  const type = response.headers.get('content-type')?.split(';')[0]
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: type === 'application/json' && received !== '' ? JSON.parse(received) : received,
  }
}

interface Row {
  readonly route: string
  readonly path?: (known: Known) => string
  readonly body?: unknown
  readonly send?: (known: Known) => unknown
  readonly status?: number
  readonly type?: string
  readonly gives: unknown
}

const cpList = { cp_enabled: false, items: [], count: 0 }
const metadata = {
  pack: 'intra-org',
  scenario: 'research-and-write',
  version: '1.0.0',
  name: text,
  summary: text,
  tags: list,
}
const merged = {
  apiVersion: 'aitp.dev/v1',
  kind: 'ScenarioVersion',
  metadata,
  spec: {
    inputs: { schema: { properties: some, required: list } },
    agents: expect.arrayContaining([expect.objectContaining({ id: text, ref: text })]),
    trust: { boundary: 'intra_org' },
    workflow: { steps: expect.arrayContaining([expect.objectContaining({ id: text, type: text })]) },
  },
}
const templates = expect.arrayContaining([{ name: 'trust-strict', summary: text }])
const hostedAgent = {
  hosted_id: expect.stringMatching(/^[0-9a-f]{12}$/),
  agent_id: text,
  ref: text,
  port: number,
  aid: text,
  did: text,
  origin: text,
  manifest_url: text,
  handshake_url: text,
  did_document_url: text,
}

/** playground.md §4.2 to §4.7, what each route gives where all is well, written from the document. */
const good: readonly Row[] = [
  { route: 'GET /healthz', gives: { status: 'ok' } },
  {
    route: 'GET /capabilities',
    gives: {
      sdk_available: true,
      version: '0.0.0-test',
      features: {
        oidc: true,
        session_bundle: true,
        spki_pinning: true,
        tct_renewal: true,
        tct_cache: true,
        multihop_delegation: true,
      },
    },
  },
  {
    route: 'GET /packs',
    gives: { packs: expect.arrayContaining([expect.objectContaining({ apiVersion: text, kind: text })]) },
  },
  {
    route: 'GET /scenarios',
    gives: {
      scenarios: expect.arrayContaining([
        expect.objectContaining({ ref: scenario, metadata: expect.objectContaining(metadata) }),
      ]),
    },
  },
  {
    route: 'GET /scenarios/{pack}/{scenario}@{version}',
    path: () => `/scenarios/${scenario}`,
    gives: {
      ...merged,
      templates,
      spec: {
        ...merged.spec,
        templates: expect.arrayContaining([{ id: 'trust-strict', name: 'trust-strict', variants: [] }]),
      },
    },
  },
  {
    route: 'GET /scenarios/{pack}/{scenario}%40{version}',
    path: () => `/scenarios/${scenario.replace('@', '%40')}`,
    gives: { metadata },
  },
  {
    route: 'GET /scenarios/{pack}/{scenario}@{version}/templates',
    path: () => `/scenarios/${scenario}/templates`,
    gives: { ref: scenario, templates },
  },
  {
    route: 'GET /scenarios/{pack}/{scenario}@{version}/templates/{name}',
    path: () => `/scenarios/${scenario}/templates/trust-strict`,
    gives: merged,
  },
  {
    route: 'POST /runs',
    body: { scenario_ref: scenario, inputs: { topic: 'x' }, run_label: 'of the table', template: null },
    status: 202,
    gives: {
      run_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      status: 'pending',
      scenario_ref: scenario,
      run_label: 'of the table',
    },
  },
  {
    route: 'GET /runs',
    gives: {
      runs: expect.arrayContaining([
        expect.objectContaining({
          run_id: text,
          status: 'success',
          scenario_ref: scenario,
          run_label: null,
          created_at: number,
          event_count: number,
        }),
      ]),
    },
  },
  {
    route: 'GET /runs/{id}',
    path: ({ run }) => `/runs/${run}`,
    gives: {
      run_id: text,
      status: 'success',
      scenario_ref: scenario,
      run_label: null,
      outputs: some,
      events: list,
      error: null,
      created_at: number,
    },
  },
  {
    route: 'GET /runs/{id}/status',
    path: ({ run }) => `/runs/${run}/status`,
    gives: { run_id: text, status: 'success', event_count: number, created_at: number },
  },
  {
    route: 'GET /runs/{id}/events',
    path: ({ run }) => `/runs/${run}/events`,
    type: 'text/event-stream',
    gives: expect.stringMatching(/data: \{"type":"run\.started"[\s\S]+data: \{"type":"stream\.end"\}\n\n$/),
  },
  {
    route: 'GET /runs/{id}/narrate',
    path: ({ run }) => `/runs/${run}/narrate`,
    type: 'text/plain',
    gives: expect.stringMatching(/\n.*status=success.*events=\d+.*narrated=\d+.*\n$/),
  },
  {
    route: 'POST /runs/{id}/cancel',
    path: ({ run }) => `/runs/${run}/cancel`,
    body: {},
    status: 202,
    gives: { run_id: text, status: 'success', cancelled: false, reason: 'already terminal' },
  },
  {
    route: 'GET /runs/{id}/cp-audit',
    path: ({ run }) => `/runs/${run}/cp-audit?type=handshake.complete&limit=200`,
    gives: { run_id: text, cp_enabled: false, events: [], event_types: [], count: 0 },
  },
  {
    route: 'GET /runs/{id}/cp-sessions',
    path: ({ run }) => `/runs/${run}/cp-sessions?status=complete&limit=200`,
    gives: { run_id: text, cp_enabled: false, sessions: [], count: 0 },
  },
  {
    route: 'GET /runs/{id}/cp-deliveries',
    path: ({ run }) => `/runs/${run}/cp-deliveries?event_type=tct.revoked`,
    gives: { run_id: text, subscribed: false, webhook: null, deliveries: [], count: 0 },
  },
  { route: 'GET /agents', gives: { agents: list } },
  { route: 'GET /hosted-agents', gives: { hosted: [hostedAgent, hostedAgent] } },
  {
    route: 'GET /hosted-agents/{id}',
    path: ({ hosted }) => `/hosted-agents/${hosted}`,
    gives: hostedAgent,
  },
  {
    route: 'POST /hosted-agents',
    body: { ref: '_shared/agents/writer', public_host: 'agents.example', public_scheme: 'https' },
    gives: { ...hostedAgent, agent_id: 'writer', did: 'did:web:agents.example' },
  },
  {
    route: 'POST /hosted-agents/{id}/resolve-and-handshake',
    path: ({ hosted }) => `/hosted-agents/${hosted}/resolve-and-handshake`,
    send: ({ peerDid }) => ({ peer_did: peerDid, requested_grants: ['analyze.data'] }),
    gives: {
      trust: 'established',
      peer_did: text,
      resolved_manifest_url: text,
      peer_origin: text,
      peer_base_url: text,
      grants: ['analyze.data'],
      peer_aid: text,
      peer_port: number,
      session_id: text,
      jti: text,
    },
  },
  {
    route: 'POST /hosted-agents/{id}/invoke',
    path: ({ hosted }) => `/hosted-agents/${hosted}/invoke`,
    send: ({ peerPort }) => ({ peer_port: peerPort, capability: 'analyze.data', payload: 'numbers' }),
    gives: { result: some },
  },
  {
    route: 'DELETE /hosted-agents/{id}',
    path: ({ hosted }) => `/hosted-agents/${hosted}`,
    gives: { stopped: text },
  },
  { route: 'GET /metrics', type: 'text/plain', gives: expect.stringContaining('aitp_playground_runs_total') },
  {
    route: 'GET /dashboard',
    type: 'text/html',
    gives: expect.stringMatching(/<script type="module"[^>]* src="\.\/assets\//),
  },
  ...[
    '/cp/tcts?issuer=a&subject=b&audience=c&capability=d&session_id=e&active=true&limit=200',
    '/cp/delegations?root_jti=a&parent_jti=b&delegator=c&delegatee=d&active=true&limit=200',
    `/cp/sessions/${absent}/replay?since=a&until=b&limit=500`,
    '/cp/agents',
    '/cp/trust-anchors?namespace=a',
    '/cp/pinned-keys?namespace=a',
  ].map((path) => ({ route: `GET ${path}`, gives: cpList })),
  { route: 'GET /cp/dashboard?window=24h', gives: { cp_enabled: false, data: {} } },
  { route: 'GET /openapi.json', gives: { openapi: '3.1.0', paths: some } },
  { route: 'GET /docs', type: 'text/html', gives: expect.stringContaining('GET /healthz') },
]

const noRun = { status: 404, code: 'run_not_found' }
const noScenario = { status: 404, code: 'scenario_not_found' }
const noHosted = { status: 404, code: 'hosted_agent_not_found' }
const invalid = { status: 422, code: 'invalid_body' }

interface Refusal {
  readonly route: string
  readonly path?: (known: Known) => string
  readonly body?: unknown
  readonly status: number
  readonly code: string
}

/** The refusals of §4; decisions 6 and 23 where they differ from it. */
const bad: readonly Refusal[] = [
  { route: 'GET /scenarios/intra-org/none@1.0.0', ...noScenario },
  { route: 'GET /scenarios/intra-org/none@1.0.0/templates', ...noScenario },
  { route: 'GET /scenarios/intra-org/none@1.0.0/templates/x', ...noScenario },
  { route: `GET /scenarios/${scenario}/templates/none`, ...noScenario },
  { route: 'POST /runs', body: { scenario_ref: 'intra-org/none@1.0.0' }, ...noScenario },
  { route: 'POST /runs', body: { inputs: {} }, ...invalid },
  { route: 'POST /runs', body: { scenario_ref: scenario, unknown: 1 }, ...invalid },
  { route: 'POST /runs', body: [scenario], ...invalid },
  {
    route: 'POST /runs',
    body: { scenario_ref: scenario, inputs: { style: 'loud' } },
    status: 422,
    code: 'invalid_inputs',
  },
  {
    route: 'POST /runs',
    body: { scenario_ref: scenario, template: 'none' },
    status: 422,
    code: 'template_not_found',
  },
  {
    route: 'POST /runs',
    body: { scenario_ref: scenario, variant: 'none' },
    status: 422,
    code: 'template_not_found',
  },
  {
    route: 'POST /runs',
    body: { scenario_ref: scenario, template: 'trust-strict', variant: 'revoking' },
    ...invalid,
  },
  { route: 'GET /runs?colour=red', ...invalid },
  { route: `GET /runs/${absent}`, ...noRun },
  ...['status', 'events', 'narrate', 'cp-audit', 'cp-sessions', 'cp-deliveries'].map((what) => ({
    route: `GET /runs/${absent}/${what}`,
    ...noRun,
  })),
  { route: `POST /runs/${absent}/cancel`, body: {}, ...noRun },
  { route: 'POST /runs/…/cancel', path: ({ run }) => `/runs/${run}/cancel`, body: [], ...invalid },
  { route: 'GET /runs/…/cp-audit', path: ({ run }) => `/runs/${run}/cp-audit?limit=0`, ...invalid },
  { route: 'GET /runs/…/events', path: ({ run }) => `/runs/${run}/events?after_seq=-1`, ...invalid },
  {
    route: 'POST /hosted-agents',
    body: { ref: '_shared/agents/writer' },
    status: 400,
    code: 'public_host_missing',
  },
  {
    route: 'POST /hosted-agents',
    body: { ref: '_shared/agents/none', public_host: 'a.example' },
    status: 404,
    code: 'agent_manifest_not_found',
  },
  { route: 'GET /hosted-agents/none', ...noHosted },
  { route: 'DELETE /hosted-agents/none', ...noHosted },
  {
    route: 'POST /hosted-agents/none/resolve-and-handshake',
    body: { peer_did: 'did:web:a.example' },
    ...noHosted,
  },
  {
    route: 'POST /hosted-agents/…/resolve-and-handshake',
    path: ({ hosted }) => `/hosted-agents/${hosted}/resolve-and-handshake`,
    body: { peer_did: 'did:key:z6Mk' },
    status: 400,
    code: 'invalid_did',
  },
  {
    route: 'POST /hosted-agents/…/resolve-and-handshake, nobody there',
    path: ({ hosted }) => `/hosted-agents/${hosted}/resolve-and-handshake`,
    body: { peer_did: 'did:web:127.0.0.1%3A1' },
    status: 502,
    code: 'peer_unreachable',
  },
  { route: 'POST /hosted-agents/none/invoke', body: { peer_port: 1, capability: 'x' }, ...noHosted },
  { route: 'POST /internal/telemetry', body: { items: [] }, status: 403, code: 'telemetry_refused' },
  { route: `POST /webhooks/cp/${absent}`, body: {}, ...noRun },
  {
    route: 'POST /webhooks/cp/{id}',
    path: ({ run }) => `/webhooks/cp/${run}`,
    body: {},
    status: 401,
    code: 'webhook_refused',
  },
  { route: 'GET /cp/tcts?limit=none', ...invalid },
  { route: 'GET /cp/delegations?active=perhaps', ...invalid },
  { route: `GET /cp/sessions/${absent}/replay?limit=0`, ...invalid },
  { route: 'GET /nothing', status: 404, code: 'not_found' },
  { route: 'GET /scenarios/%E0%A4%A/x', ...invalid },
]

const split = (route: string) => route.split(' ') as [method: string, path: string]

describe('the routes of the document (parity 3)', () => {
  // Bad ones first: a good one stops the agent that they ask about.
  it.each(bad)('$route is refused with $code', async ({ route, path, body, status, code }) => {
    const [method, written] = split(route)
    const answer = await ask(method, path?.(known) ?? written, body)
    expect(answer).toMatchObject({
      status,
      type: 'application/json',
      body: { error: { code, message: text } },
    })
    expect(answer.body.detail).toBe(answer.body.error.message)
  })

  it.each(good)('$route gives what the document says', async (row) => {
    const [method, written] = split(row.route)
    const answer = await ask(method, row.path?.(known) ?? written, row.send?.(known) ?? row.body)
    expect(answer).toMatchObject({
      status: row.status ?? 200,
      type: row.type ?? 'application/json',
      body: row.gives,
    })
  })

  it('/metrics reads as the existing console reads it', async () => {
    const { body } = await ask('GET', '/metrics')
    expect(readAsOldConsole(body)).toHaveProperty('aitp_playground_runs_total')
  })
})

describe('methods', () => {
  it.each([
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['PUT', '/runs', 'POST, GET, HEAD, OPTIONS'],
    ['PATCH', `/runs/${absent}`, 'DELETE, GET, HEAD, OPTIONS'],
    ['GET', `/runs/${absent}/cancel`, 'POST, OPTIONS'],
    ['POST', `/runs/${absent}/events`, 'GET, HEAD, OPTIONS'],
    ['GET', `/webhooks/cp/${absent}`, 'POST, OPTIONS'],
    ['GET', '/internal/telemetry', 'POST, OPTIONS'],
    ['POST', '/dashboard', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/docs', 'GET, HEAD, OPTIONS'],
  ])('%s %s is refused, and told what there is', async (method, path, allow) => {
    const answer = await ask(method, path)
    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } })
    expect(answer.headers.get('allow')).toBe(allow)
    const options = await ask('OPTIONS', path)
    expect(options.status).toBe(204)
    expect(options.headers.get('allow')).toBe(allow)
    expect(options.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('HEAD gives what GET gives, without its body', async () => {
    for (const path of ['/runs', `/runs/${known.run}/events`, '/healthz', '/docs']) {
      const answer = await ask('HEAD', path)
      expect({ path, status: answer.status, body: answer.body }).toEqual({ path, status: 200, body: '' })
    }
    expect((await ask('HEAD', `/runs/${absent}/events`)).status).toBe(404)
  })

  it('HEAD ends also where GET would go on, and the connection takes the next request', async () => {
    const request = { scenario_ref: scenario, inputs: { topic: 'x' }, paused: true }
    const { run_id } = (await ask('POST', '/runs', request)).body
    const head = `Host: ${new URL(base).host}\r\nAuthorization: Bearer ${bearer}\r\n`
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    socket.write(`HEAD /runs/${run_id}/events HTTP/1.1\r\n${head}\r\n`)
    socket.write(`GET /healthz HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
    expect((await readText(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    await ask('POST', `/runs/${run_id}/cancel`, {})
  })
})

describe('bodies', () => {
  it('are text only where a route takes text', async () => {
    const ndjson = { 'content-type': 'application/x-ndjson' }
    const asText = await ask('POST', '/runs', { scenario_ref: scenario, inputs: { topic: 'x' } }, ndjson)
    expect(asText).toMatchObject({ status: 422, body: { error: { code: 'invalid_body' } } })
    const asJson = await ask('POST', '/runs/import', { text: '{}' })
    expect(asJson).toMatchObject({ status: 422, body: { error: { code: 'invalid_body' } } })
    expect((await ask('POST', '/runs/import', {}, ndjson)).body.error.code).toBe('import_invalid')
  })
})
