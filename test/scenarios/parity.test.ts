import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { loadRegistry } from '../../src/main/registry/index.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { isTerminalEvent } from '../../src/shared/events.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { sharedHost } from '../support/host.ts'
import { isAlive } from '../support/processes.ts'
import { researchAndWrite, shippedScenarios } from '../support/repository.ts'
import { endOf, eventsOf, hostWith, runScenario, runToEnd } from '../support/run-scenario.ts'
import type { WrittenStep } from '../support/scenario-tree.ts'
import { introduce, startLoneWorker, startTelemetrySink, eventsOf as told } from '../support/worker.ts'
import { bilateral, catalogue, inCompany, nameOf } from './catalogue/catalogue.ts'
import { expectEntry, runEntry } from './catalogue/run-entry.ts'

/** The rows of the parity checklist (playground.md appendix E) that are about scenarios, agents and their runs. */
const shared = sharedHost()

function entry(ref: string) {
  const found = catalogue.find((each) => nameOf(each) === ref)
  if (found === undefined) throw new Error(`the catalogue has no ${ref}`)
  return found
}

/** A run that stands before its first step, and the processes of its agents. */
async function standing(client: ConsoleClient, scenario_ref = researchAndWrite) {
  const { run_id } = await client.call('startRun', { scenario_ref, paused: true })
  await expect
    .poll(async () => (await client.call('getRun', { run_id })).events.at(-1)?.type, { timeout: 20_000 })
    .toBe('run.paused')
  const { agents } = await client.call('listAgents', {})
  return { run_id, agents: agents.filter((agent) => agent.run_id === run_id) }
}

/** Whether nobody listens at a port any more. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  server.close()
  return true
}

describe('parity', () => {
  it('1: all 21 scenarios and the 3 templates load without a warning, and each is run by a test', () => {
    const { scenarios, diagnostics } = loadRegistry(shippedScenarios)
    expect(diagnostics).toEqual([])
    const original = scenarios.filter(
      ({ ref }) => !ref.startsWith('attacks/') && ref !== 'intra-org/delegation-multihop@1.1.0',
    )
    expect(original).toHaveLength(21)
    expect(original.flatMap(({ templates }) => templates)).toHaveLength(3)
    // bilateral.test.ts and in-company.test.ts run these.
    const held = [...bilateral, ...inCompany].map(nameOf)
    for (const { ref, templates } of original)
      for (const template of [undefined, ...templates.map(({ metadata }) => metadata.name)])
        expect(held).toContain(nameOf(template === undefined ? { ref } : { ref, template }))
  })

  it.each([
    'intra-org/trust-gate@1.0.0',
    'intra-org/revocation-demo@1.0.0',
    'intra-org/delegation-chain@1.0.0',
    'intra-org/key-rotation@1.0.0',
    'intra-org/fault-injection@1.0.0',
  ])('4: the events of %s come in the order of the reference', async (ref) => {
    expectEntry(await runEntry(shared().client, entry(ref)), entry(ref))
  })

  it('6: a run that is cancelled ends once, its processes are gone and its ports free', async () => {
    const { client } = shared()
    const { run_id, agents } = await standing(client)
    expect(agents).toHaveLength(2)
    expect(await client.call('cancelRun', { run_id })).toMatchObject({ cancelled: true, status: 'cancelled' })
    const { events, status } = await endOf(client, run_id)
    expect(status).toBe('cancelled')
    expect(events.filter(isTerminalEvent).map(({ type }) => type)).toEqual(['run.cancelled'])
    for (const { pid, port } of agents) {
      expect(isAlive(Number(pid))).toBe(false)
      expect(await isFree(Number(port))).toBe(true)
    }
  })

  it('7: a worker that is killed fails the run by name, and nothing is left', async () => {
    const { client } = shared()
    const { run_id, agents } = await standing(client)
    const writer = agents.find(({ agent_id }) => agent_id === 'writer')
    process.kill(Number(writer?.pid), 'SIGKILL')
    const record = await endOf(client, run_id)
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_exited' })
    expect(record.error).toContain('writer')
    expect(record.events.filter(isTerminalEvent)).toHaveLength(1)
    for (const { pid, port } of agents) {
      expect(isAlive(Number(pid))).toBe(false)
      expect(await isFree(Number(port))).toBe(true)
    }
  })

  it('9: with the public formula a seed is SHA-256 over internal:<run>:<agent>', async () => {
    const record = await runToEnd(shared().client, {
      scenario_ref: researchAndWrite,
      dangerously_playground_seeds: true,
    })
    for (const { agent_id, aid } of record.agents) {
      const seed = createHash('sha256').update(`internal:${record.run_id}:${agent_id}`).digest()
      expect(createAitp(nodeEngine).agentKey(seed).aid).toBe(aid)
    }
  })

  const refresh = { id: 'refresh', type: 'refresh_revocations', agent: 'writer' } as const
  const trust = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const

  it.each([
    ['forged', 'signature_invalid', (aid: string) => ({ seed: new Uint8Array(32).fill(7), issuer: aid })],
    ['foreign', 'issuer_mismatch', () => ({ seed: new Uint8Array(32).fill(7) })],
    ['expired', 'expired', () => ({ publishedAt: Math.floor(Date.now() / 1000) - 100, ttlSecs: 50 })],
  ] as const)(
    '10: a list that is %s is discarded with %s, and the one before it stays',
    async (_what, cause, change) => {
      const controlPlane = await startControlPlane()
      const { client } = await hostWith(
        { steps: [trust, refresh] },
        configured(controlPlane, { REVOCATION_POLL_SECS: '1' }),
      )
      const { run_id } = await standing(client, 'test/case@1.0.0')
      const path = '/.well-known/aitp-revocation-list'
      controlPlane.answerWith(path, {
        status: 200,
        body: controlPlane.revocationList(change(controlPlane.aid)),
      })
      // The agents ask again by themselves, and quietly; that a list was discarded is told all the same.
      await expect
        .poll(
          async () => eventsOf(await client.call('getRun', { run_id }), 'revocation.verify_failed').length,
          {
            timeout: 10_000,
          },
        )
        .toBeGreaterThan(0)
      await client.call('resumeRun', { run_id })
      const record = await endOf(client, run_id)
      expect(record.outputs['refresh']).toMatchObject({
        discarded: cause,
        verified: false,
        posture: 'current',
      })
      expect(new Set(eventsOf(record, 'revocation.verify_failed').map((event) => event.cause))).toEqual(
        new Set([cause]),
      )
    },
  )

  const call: WrittenStep = {
    id: 'call',
    type: 'capability_probe',
    agent: 'caller',
    target_agent: 'writer',
    capability: 'write.content',
    input_template: 'On parity.',
  }
  const revoke: WrittenStep = { id: 'revoke', type: 'revoke_tct', issuer: 'writer', audience: 'caller' }

  /** A call, a revocation and a call again, while no list can be had. */
  async function withoutList(
    fail_mode: 'fail_closed' | 'soft_fail',
    environment: Record<string, string> = {},
  ) {
    const controlPlane = await startControlPlane()
    controlPlane.answerWith('/.well-known/aitp-revocation-list', { status: 503, body: '' })
    return runScenario(
      { trust: { revocation: { fail_mode } }, steps: [trust, call, revoke, { ...call, id: 'after' }] },
      {},
      configured(controlPlane, environment),
    )
  }

  it.each([
    ['fail_closed refuses', 'fail_closed', {}, 403, 0],
    ['soft_fail serves and says so', 'soft_fail', {}, 200, 1],
    ['without a pin nothing is checked', 'fail_closed', { CP_AID: '' }, 200, 0],
  ] as const)(
    '11: %s, and what the issuer revoked is refused in any case',
    async (_what, mode, environment, status, served) => {
      const record = await withoutList(mode, environment)
      expect(record.error).toBeNull()
      expect(record.outputs).toMatchObject({ call: { status_code: status }, after: { status_code: 403 } })
      expect(eventsOf(record, 'revocation.degraded_serve')).toHaveLength(served)
      const { stages } = eventsOf(record, 'gate.decided').at(-1) ?? { stages: [] }
      expect(stages.find(({ stage }) => stage === 'revocation')).toMatchObject({ ids: { source: 'local' } })
    },
  )

  it('12: a manifest that was tampered with is refused with 502 and told, and no token is stored', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
    ])
    await introduce([alice, bob])
    const text = await (await fetch(bob.manifestUrl)).text()
    const server = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(text.replace('"writer"', '"wr1ter"'))
    })
    server.listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const peer_manifest_url = `http://127.0.0.1:${port}/.well-known/aitp-manifest`
    await expect(
      alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url }),
    ).rejects.toMatchObject({ status: 502, code: 'MANIFEST_SIGNATURE_INVALID' })
    expect(told(sink, 'manifest.verify_failed')).toMatchObject([
      { cause: 'MANIFEST_SIGNATURE_INVALID', check: 'manifest.signature' },
    ])
    const held = `/admin/held-tct?peer_aid=${encodeURIComponent(bob.worker.aid)}`
    await expect(alice.admin('GET', held)).rejects.toMatchObject({ status: 412 })
  })

  it.each([
    ['renewed', 'intra-org/tct-renewal@1.0.0', 'renew'],
    ['redeemed', 'intra-org/delegation-chain@1.0.0', 'redeem'],
  ])('13: the token that was %s is the one that goes over the wire', async (_how, ref, step) => {
    const { client } = shared()
    const record = await runEntry(client, entry(ref))
    const { jti } = record.outputs[step] as { jti: string }
    const { exchanges } = await client.call('listExchanges', { run_id: record.run_id })
    const calls = exchanges.filter(({ kind }) => kind === 'capability')
    const presented = calls.at(-1)?.messages[0]?.tokens.find(({ kind }) => kind === 'tct')
    expect(presented?.claims['jti']).toBe(jti)
  })

  it('16: two runs of distributed-review at the same time both succeed', async () => {
    const { client } = shared()
    const ref = 'cross-cloud/distributed-review@1.0.0'
    const records = await Promise.all([runEntry(client, entry(ref)), runEntry(client, entry(ref))])
    for (const record of records) expectEntry(record, entry(ref))
    const ports = records.flatMap(({ agents }) => agents.map(({ port }) => port))
    expect(new Set(ports).size).toBe(6)
  })

  it.each([
    ['14: with a worker in another language, as initiator and as responder', 'foreign-worker', 1],
    ['18: across two consoles with origins of their own, and never to this machine', 'federation', 2],
  ])('%s, is held where its subject is', (row, file, count) => {
    const text = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8')
    expect(text.split(`(parity ${row.slice(0, 2)})`)).toHaveLength(count + 1)
  })
})
