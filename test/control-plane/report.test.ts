import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createControlPlane } from '../../src/main/control-plane/client.ts'
import { createReport } from '../../src/main/control-plane/report.ts'
import { listenOnLoopback } from '../../src/main/listen.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import type { SentBatch } from '../../src/shared/projections.ts'
import { startEmbedded } from '../support/embedded-control-plane.ts'

const runId = 'a run'
const log = pino({ level: 'silent' })

const event = (seq: number, notes: string): RunEvent => ({
  type: 'step.skipped',
  step_id: 's',
  notes,
  seq,
  ts: 1,
  offset_ms: 1,
  run_id: runId,
  source: 'runner',
  cause_seq: [],
})

/** A report, and what was sent by it. */
function reportingTo(baseUrl: string, apiKey: string | null = null, onSent?: (batch: SentBatch) => void) {
  const controlPlane = createControlPlane(
    { choice: 'embedded', baseUrl, apiKey, aid: null, timeoutMs: 5_000 },
    log,
  )
  onTestFinished(controlPlane.close)
  const sent: SentBatch[] = []
  const terms = { aidOf: () => undefined, boundary: 'none' }
  const report = createReport(controlPlane, terms, onSent ?? ((batch) => void sent.push(batch)), log)
  const stored = () => controlPlane.projections.history({ run_id: runId, limit: 1_000 })
  return { report, sent, stored }
}

async function reporting(onSent?: (batch: SentBatch) => void) {
  const { baseUrl, apiKey } = await startEmbedded()
  return reportingTo(baseUrl, apiKey, onSent)
}

test('an event that is longer than a Control Plane takes is sent cut, and the others with it as they are', async () => {
  const { report, sent, stored } = await reporting()
  const texts = ['short', 'x'.repeat(70_000), 'short too']
  for (const [index, notes] of texts.entries()) report.add(event(index + 1, notes))
  await report.flush()
  expect(sent).toMatchObject([{ first_seq: 1, last_seq: 3, status: 200, error: null }])
  const payloads = (await stored()).map(({ payload }) => payload as Record<string, unknown>)
  const [first, second, third] = payloads.sort((a, b) => Number(a['seq']) - Number(b['seq']))
  expect(first).not.toHaveProperty('truncated')
  expect(second).toMatchObject({ truncated: true, run_id: runId, step_id: 's' })
  expect(second?.['notes']).toBe(`${'x'.repeat(4_096)}…`)
  expect(third).toMatchObject({ notes: 'short too' })
})

test('a batch that is too large is sent again in halves, and each part says what became of it', async () => {
  const server = createServer(async (request, response) => {
    const { events } = (await json(request)) as { events: RunEvent[] }
    const isTooLarge = events.length > 2 || events.some(({ seq }) => seq === 3)
    response.writeHead(isTooLarge ? 413 : 200).end(JSON.stringify(isTooLarge ? { error: 'too large' } : {}))
  })
  const port = await listenOnLoopback(server, 0, 'exactly')
  onTestFinished(() => void server.close())
  const { report, sent } = reportingTo(`http://127.0.0.1:${port}`)
  for (let seq = 1; seq <= 7; seq += 1) report.add(event(seq, 'notes'))
  await report.flush()
  expect(sent.map(({ first_seq, last_seq, status, error }) => [first_seq, last_seq, status, error])).toEqual([
    [1, 2, 200, null],
    [3, 3, 413, 'too large'],
    [4, 4, 200, null],
    [5, 6, 200, null],
    [7, 7, 200, null],
  ])
})

test('what cannot be recorded holds up nothing that comes after it', async () => {
  let calls = 0
  const { report, stored } = await reporting(() => {
    calls += 1
    if (calls === 1) throw new Error('the disk is full')
  })
  report.add(event(1, 'one'))
  await expect(report.flush()).resolves.toBeUndefined()
  report.add(event(2, 'two'))
  await report.flush()
  expect(calls).toBe(2)
  expect(await stored()).toHaveLength(2)
})
