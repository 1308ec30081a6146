import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../src/shared/run.ts'
import { accepted, refused } from '../browser/recorded-run.ts'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'

function diff(a: unknown, b: unknown, ...options: string[]) {
  const folder = temporaryFolder()
  const files = [a, b].map((record, index) => {
    const file = join(folder, `${index}.json`)
    writeFileSync(file, JSON.stringify(record))
    return file
  })
  return program(['diff', ...files, ...options])
}

/** The same run on another day: other ids, keys, ports and times, and agents that were quicker in another order. */
function another(run: RunRecord): RunRecord {
  const text = JSON.stringify(run).replaceAll(run.run_id, '0f0f0f0f-0000-4000-8000-000000000000')
  const copy: RunRecord = JSON.parse(
    text.replaceAll(/aid:pubkey:ed25519:[\w-]+/g, 'aid:pubkey:ed25519:other'),
  )
  const agents = copy.agents.map((agent) => ({ ...agent, pid: 1, port: 2, aid: 'aid:pubkey:ed25519:other' }))
  const events = copy.events.map((event) => ({
    ...event,
    ts: event.ts + 500,
    offset_ms: event.offset_ms * 2,
  }))
  const [one, two] = [1, 2].map((at) => events[at])
  if (one?.type !== 'agent.spawning' || two?.type !== 'agent.spawning') throw new TypeError('not as recorded')
  const swapped = events.with(1, { ...two, seq: one.seq }).with(2, { ...one, seq: two.seq })
  return { ...copy, agents, events: swapped }
}

describe('diff', () => {
  it('finds nothing between a run and the same on another day, agents started in another order', async () => {
    const { code, stdout, stderr, home } = await diff(accepted.run, another(accepted.run))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: ['The two runs are alike.'] })
    expect(existsSync(home)).toBe(false)
  })

  it('tells how two runs ended, and where their events part', async () => {
    const { code, stdout } = await diff(accepted.run, refused.run)
    expect(code).toBe(1)
    expect(stdout).toContain('run status\n  a  success\n  b  failed with handshake_failed\n')
    expect(stdout).toMatch(
      /event caller -> writer, event \d+\n {2}a {2}\S.*\n {2}b {2}manifest\.verify_failed .*check=manifest\.expected_aid/,
    )
  })

  it('tells a code, an agent and the order that changed, as one object', async () => {
    const { run } = accepted
    const gate = run.events.findIndex(({ type }) => type === 'gate.decided')
    const changed = {
      ...run,
      agents: run.agents.map((agent) => ({ ...agent, signing_suite: 'p256' as const })),
      events: run.events.with(gate, { ...run.events[gate], code: 'TOKEN_REVOKED' } as never),
    }
    const { code, stdout } = await diff(run, changed, '--json')
    expect(code).toBe(1)
    const { same, differences } = JSON.parse(stdout)
    expect(same).toBe(false)
    expect(differences.map(({ part }: { part: string }) => part)).toEqual(['agent', 'agent', 'event'])
    expect(differences.at(-1).b).toContain('code=TOKEN_REVOKED')
    const order = await diff(run, {
      ...run,
      events: run.events.with(gate, run.events[gate + 1] as never).with(gate + 1, run.events[gate] as never),
    })
    expect(order.code).toBe(1)
  })

  it('refuses a file that is not there, or no record', async () => {
    const absent = await program(['diff', '/nowhere/a.json', '/nowhere/b.json'])
    expect(absent).toMatchObject({
      code: 2,
      stdout: '',
      stderr: [expect.stringMatching(/no file.*\(usage\)$/)],
    })
    const other = await diff(accepted.run, { a: 1 })
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringMatching(/no run record/)] })
  })
})
