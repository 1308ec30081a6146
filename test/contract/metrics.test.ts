import { describe, expect, it } from 'vitest'
import { parseExposition, readAsOldConsole } from '../support/exposition.ts'
import { sharedHost } from '../support/host.ts'
import { runToEnd } from '../support/run-scenario.ts'

describe('GET /metrics', () => {
  const shared = sharedHost()
  const get = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${shared().host.port}/metrics`, { headers })
  const authorized = () => get({ authorization: `Bearer ${shared().host.bearer}` })

  it('is behind the bearer, and of the type that Prometheus reads', async () => {
    expect((await get({})).status).toBe(401)
    const response = await authorized()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('counts what runs came to, also what only agents tell, once (B-36, B-61, B-62)', async () => {
    const before = readAsOldConsole(await (await authorized()).text())
    for (const scenario_ref of [
      'intra-org/research-and-write@1.0.0',
      'intra-org/trust-gate@1.0.0',
      'intra-org/delegation-chain@1.0.0',
      'intra-org/key-rotation@1.0.0',
      'intra-org/revocation-demo@1.0.0',
    ])
      expect((await runToEnd(shared().client, { scenario_ref })).as_expected).not.toBe(false)
    const text = await (await authorized()).text()
    const families = parseExposition(text)
    const value = (name: string, labels: Record<string, string> = {}) =>
      families
        .flatMap(({ series }) => series)
        .find(
          (series) =>
            series.name === `aitp_playground_${name}` &&
            JSON.stringify(series.labels) === JSON.stringify(labels),
        )?.value
    expect(value('runs_total', { status: 'success' })).toBe(5)
    expect(value('runs_active')).toBe(0)
    expect(value('delegations_total', { outcome: 'issued' })).toBe(1)
    expect(value('delegations_total', { outcome: 'redeemed' })).toBe(1)
    expect(value('key_rotations_total')).toBe(1)
    expect(value('revocations_total', { source: 'local' })).toBe(1)
    const runs = await shared().client.call('listRuns', {})
    const records = await Promise.all(
      runs.runs.map(({ run_id }) => shared().client.call('getRun', { run_id })),
    )
    const established = records
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'trust.established').length
    expect(value('handshakes_total', { outcome: 'established' })).toBe(established)
    expect(value('handshake_duration_seconds_count')).toBe(established)
    expect(value('tcts_issued_total')).toBe(established + 1)
    expect(value('capability_calls_total', { outcome: 'success' })).toBeGreaterThan(3)
    for (const artefact of [
      'manifest',
      'mutual_hello',
      'mutual_hello_ack',
      'mutual_commit',
      'tct',
      'delegation',
    ]) {
      const labels = { artefact }
      expect({
        artefact,
        count: value('verification_duration_seconds_count', labels) ?? 0,
      }).not.toMatchObject({
        count: 0,
      })
      expect(value('verification_duration_seconds_sum', labels)).toBeGreaterThan(0)
    }
    const after = readAsOldConsole(text)
    for (const name of Object.keys(before)) expect(after[name]).toBeGreaterThanOrEqual(before[name] ?? 0)
    expect(after['aitp_playground_runs_total']).toBe(5)
  })
})
