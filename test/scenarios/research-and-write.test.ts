import { randomUUID } from 'node:crypto'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RunRecord } from '../../src/shared/run.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { researchAndWrite } from '../support/repository.ts'

async function runToRecord(home: string, ...more: string[]): Promise<RunRecord> {
  const { code, stdout, stderr } = await runCli(['run', researchAndWrite, '--json', ...more], { home })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return RunRecord.parse(JSON.parse(stdout))
}

describe(researchAndWrite, () => {
  it('prints one run record with real agents, two trusts and outputs about the topic', async () => {
    const record = await runToRecord(temporaryFolder(), '--input', 'topic=lighthouse keepers')
    expect(record.status).toBe('success')
    expect(record.inputs).toEqual({ topic: 'lighthouse keepers', style: 'casual' })

    const established = record.events.filter((event) => event.type === 'trust.established')
    expect(established.map(({ initiator, target, grants }) => [initiator, target, grants])).toEqual([
      ['researcher', 'writer', ['write.content']],
      ['writer', 'researcher', ['research.query']],
    ])
    expect(new Set(established.map(({ jti }) => jti)).size).toBe(2)

    expect(record.agents.map(({ agent_id }) => agent_id)).toEqual(['researcher', 'writer'])
    expect(new Set(record.agents.map(({ pid }) => pid)).size).toBe(2)
    expect(new Set(record.agents.map(({ aid }) => aid)).size).toBe(2)
    for (const { pid, aid } of record.agents) {
      expect(pid).toBeGreaterThan(0)
      expect(aid).toMatch(/^aid:pubkey:[A-Za-z0-9_-]{43}$/)
    }

    expect(record.outputs['research']).toMatchObject({
      topic: 'lighthouse keepers',
      findings: expect.stringContaining('lighthouse keepers'),
      stub: true,
      provider: 'offline',
    })
    expect(record.outputs['write']).toMatchObject({
      article: expect.stringContaining('lighthouse keepers'),
      style: 'casual',
      agent: 'writer',
      stub: true,
    })
    expect(record.events.map(({ seq }) => seq)).toEqual(record.events.map((_, index) => index + 1))
  })

  it('emits its events in the reference order', async () => {
    const { events } = await runToRecord(temporaryFolder(), '--input', 'topic=order', '--cp', 'off')
    const named = events
      .filter(({ type }) => !type.startsWith('agent.'))
      .map((event) => (event.source === 'agent' ? `[${event.agent_id}] ${event.type}` : event.type))
    expect(named).toEqual([
      'run.started',
      'trust.peers_resolved',
      'trust.establishing',
      '[writer] handshake.started',
      '[writer] handshake.complete',
      '[researcher] handshake.complete',
      'trust.established',
      'trust.establishing',
      '[researcher] handshake.started',
      '[researcher] handshake.complete',
      '[writer] handshake.complete',
      'trust.established',
      'step.skipped',
      'step.started',
      '[researcher] capability.self_execute',
      '[researcher] llm.started',
      '[researcher] llm.complete',
      'step.complete',
      'step.started',
      '[writer] gate.decided',
      '[writer] llm.started',
      '[writer] llm.complete',
      '[writer] capability.invoked',
      'step.complete',
      'run.complete',
    ])
    for (const { seq, cause_seq } of events) for (const cause of cause_seq) expect(cause).toBeLessThan(seq)
    const roots = events.filter(({ cause_seq }) => cause_seq.length === 0)
    expect(roots.map(({ type }) => type)).toEqual(['run.started'])
  })

  it('derives the same AIDs from the same workspace secret and run id, and others from another secret', async () => {
    const [first, second, third] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
    const id = randomUUID()
    const aids = (record: RunRecord) => record.agents.map(({ aid }) => aid)
    const one = await runToRecord(first, '--input', 'topic=a', '--run-id', id)
    cpSync(join(first, 'workspace.key'), join(second, 'workspace.key'))
    const same = await runToRecord(second, '--input', 'topic=b', '--run-id', id)
    const other = await runToRecord(third, '--input', 'topic=a', '--run-id', id)
    expect(aids(same)).toEqual(aids(one))
    expect(aids(other)).not.toEqual(aids(one))

    const again = await runCli(['run', researchAndWrite, '--input', 'topic=a', '--run-id', id], {
      home: first,
    })
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('run_id_taken') })
  })

  it('narrates a stored run and a written record alike (B-71)', async () => {
    const home = temporaryFolder()
    const record = await runToRecord(home, '--input', 'topic=tracing')
    const file = join(home, 'record.json')
    writeFileSync(file, JSON.stringify(record))
    const stored = await runCli(['trace', record.run_id], { home })
    const fromFile = await runCli(['trace', file], { home })
    expect(stored.stdout.trimEnd().split('\n')).toHaveLength(record.events.length)
    expect(fromFile.stdout).toBe(stored.stdout)
  })
})
