import { beforeAll, expect, test } from 'vitest'
import { asker, type Json } from '../control-plane/contract/check.ts'
import { readAsOldConsole } from '../support/exposition.ts'
import { sharedHost } from '../support/host.ts'
import { researchAndWrite } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'

const shared = sharedHost()
const text = expect.any(String)
const number = expect.any(Number)

function ask(...[method, path, options]: Parameters<ReturnType<typeof asker>>) {
  const { host } = shared()
  return asker(`http://127.0.0.1:${host.port}`, host.bearer)(method, path, options)
}

let runId = ''

beforeAll(async () => {
  // As it starts runs: with a variant and with faults beside its inputs.
  const { status, body } = await ask('POST', '/runs', {
    body: {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'harbour pilots' },
      variant: 'trust-strict',
      fault_injection: { manifest_404: [], peer_offline: [] },
    },
  })
  expect(status).toBe(202)
  runId = body.run_id
  await endOf(shared().client, runId)
})

/** What the existing web console reads of us, call by call (console.md A.3). */
const rows: readonly (readonly [what: string, path: () => string, fields: Json])[] = [
  ['health', () => '/healthz', {}],
  ['capabilities', () => '/capabilities', { sdk_available: true, version: text, features: { oidc: true } }],
  ['agents', () => '/agents', { agents: [] }],
  ['packs', () => '/packs', {}],
  [
    'scenarios',
    () => '/scenarios',
    {
      scenarios: expect.arrayContaining([
        expect.objectContaining({
          ref: researchAndWrite,
          metadata: expect.objectContaining({
            pack: 'intra-org',
            scenario: 'research-and-write',
            version: '1.0.0',
            name: text,
            summary: text,
            tags: expect.any(Array),
          }),
        }),
      ]),
    },
  ],
  [
    'one scenario, its sign encoded',
    () => `/scenarios/${researchAndWrite.replace('@', '%40')}`,
    {
      metadata: { pack: 'intra-org' },
      spec: {
        inputs: {
          schema: {
            properties: { topic: { type: 'string', default: text, description: text } },
            required: expect.any(Array),
          },
        },
        agents: [
          { id: 'researcher', ref: text, org: 'internal', cloud: null },
          { id: 'writer', ref: text, org: 'internal', cloud: null },
        ],
        trust: { boundary: 'intra_org' },
        workflow: {
          steps: expect.arrayContaining([expect.objectContaining({ id: text, description: text })]),
        },
        templates: expect.arrayContaining([{ id: text, name: text, variants: expect.any(Array) }]),
      },
    },
  ],
  ['templates', () => `/scenarios/${researchAndWrite}/templates`, { templates: expect.any(Array) }],
  [
    'runs',
    () => '/runs',
    {
      runs: [
        {
          run_id: text,
          status: 'success',
          scenario_ref: researchAndWrite,
          created_at: number,
          event_count: number,
        },
      ],
    },
  ],
  [
    'one run',
    () => `/runs/${runId}`,
    {
      run_id: text,
      status: 'success',
      scenario_ref: researchAndWrite,
      outputs: expect.any(Object),
      events: expect.arrayContaining([expect.objectContaining({ type: 'run.complete', ts: number })]),
      error: null,
      created_at: number,
    },
  ],
  ['its status', () => `/runs/${runId}/status`, { run_id: text, status: 'success', event_count: number }],
  ['its audit', () => `/runs/${runId}/cp-audit`, { run_id: text, cp_enabled: false, events: [] }],
  ['its sessions', () => `/runs/${runId}/cp-sessions`, { run_id: text, cp_enabled: false, sessions: [] }],
  [
    'its deliveries',
    () => `/runs/${runId}/cp-deliveries`,
    { run_id: text, subscribed: false, deliveries: [], count: 0 },
  ],
]

test.each(rows)('the existing web console finds what it reads of %s (A.3)', async (_what, path, fields) => {
  const { status, body } = await ask('GET', path())
  expect(status).toBe(200)
  expect(body).toMatchObject(fields)
})

/** Events that it renders specially, with the members it reads. */
const rendered: Readonly<Record<string, readonly string[]>> = {
  'run.started': ['scenario_ref'],
  'agent.spawning': ['agent_id'],
  'agent.ready': ['agent_id', 'port', 'aid'],
  'trust.peers_resolved': ['peers'],
  'trust.establishing': ['initiator', 'target'],
  'trust.established': ['initiator', 'target', 'grants', 'jti'],
  'step.started': ['step_id', 'agent'],
  'llm.started': ['agent_id'],
  'llm.complete': ['agent_id', 'payload'],
  'step.complete': ['step_id', 'result'],
  'run.complete': [],
}

test.each(Object.entries(rendered))('an event %s has what it renders (A.3)', async (type, members) => {
  const { events } = (await ask('GET', `/runs/${runId}`)).body
  const event = events.find((candidate: Json) => candidate.type === type)
  for (const member of members) expect(event[member], member).toBeDefined()
  if (type === 'llm.complete') expect(event.payload).toMatchObject({ model: text })
})

test('its parser reads our metrics, its narration is text, and a run is cancelled with a JSON body (A.3)', async () => {
  const totals = readAsOldConsole((await ask('GET', '/metrics')).text)
  expect(totals).toMatchObject({ aitp_playground_runs_total: 1, aitp_playground_runs_active: 0 })
  const narration = await ask('GET', `/runs/${runId}/narrate`)
  expect(narration.headers.get('content-type')).toContain('text/plain')
  expect(narration.text).toContain('[run] complete\n')
  expect(await ask('POST', `/runs/${runId}/cancel`, { body: {} })).toMatchObject({
    status: 202,
    body: { run_id: runId, cancelled: false, reason: 'already terminal' },
  })
})

test('its stream is data frames of events and an end mark (A.3)', async () => {
  const { host } = shared()
  const response = await fetch(`http://127.0.0.1:${host.port}/runs/${runId}/events`, {
    headers: { authorization: `Bearer ${host.bearer}` },
  })
  const frames = (await response.text())
    .split('\n\n')
    .flatMap((frame) => /^data: (.*)$/m.exec(frame)?.[1] ?? [])
  const types = frames.map((frame) => JSON.parse(frame).type)
  expect(types[0]).toBe('run.started')
  expect(types.slice(-2)).toEqual(['run.complete', 'stream.end'])
})
