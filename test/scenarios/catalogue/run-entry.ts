import { expect } from 'vitest'
import type { ConsoleClient } from '../../../src/shared/client.ts'
import type { RunRecord } from '../../../src/shared/run.ts'
import { runToEnd } from '../../support/run-scenario.ts'
import { lineOf } from './blocks.ts'
import type { Entry } from './catalogue.ts'

export function runEntry(client: ConsoleClient, { ref, template }: Entry): Promise<RunRecord> {
  return runToEnd(client, { scenario_ref: ref, template: template ?? null })
}

/** Holds a run against its entry: its end, every event in its place, and the facts. */
export function expectEntry(record: RunRecord, { before = [], story, facts }: Entry): void {
  expect(record).toMatchObject({ status: 'success', error: null, as_expected: true })
  const ofAgents = record.events.filter(({ type }) => type === 'agent.spawning' || type === 'agent.ready')
  const others = record.events.filter((event) => !ofAgents.includes(event) && event.type !== 'agent.exited')
  expect(others.map(lineOf)).toEqual([
    'run.started',
    ...before,
    'trust.peers_resolved',
    ...story.flat(),
    'run.complete',
  ])
  // Agents start side by side, so there is an order for each of them and none between them.
  const ids = record.agents.map(({ agent_id }) => agent_id)
  for (const id of ids) {
    const own = ofAgents.filter((event) => 'agent_id' in event && event.agent_id === id)
    expect(own.map(({ type }) => type)).toEqual(['agent.spawning', 'agent.ready'])
  }
  const resolved = others.find(({ type }) => type === 'trust.peers_resolved')
  for (const { seq } of ofAgents) expect(seq).toBeLessThan(resolved?.seq ?? 0)
  const ends = record.events.filter(({ type }) => type === 'agent.exited')
  expect(ends.map((event) => 'agent_id' in event && event.agent_id)).toEqual(ids)
  expect(record.events.slice(-ids.length - 1, -1)).toEqual(ends)
  facts(record)
}
