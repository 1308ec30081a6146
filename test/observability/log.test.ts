import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/main/observability/log.ts'
import { createEventLogger } from '../../src/main/observability/log-events.ts'
import type { EventBody, RunEvent } from '../../src/shared/events.ts'
import { anyEvents } from '../support/any-event.ts'
import { temporaryFolder } from '../support/folders.ts'

const numbersIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(JSON.parse(line).number))

describe('the host’s log', () => {
  it('does not grow beyond two files, the last lines of which are the newest', () => {
    const folder = temporaryFolder()
    const limit = 4_096
    const log = openLog(folder, {}, { limit })
    for (let number = 1; number <= 300; number += 1) log.info({ number }, 'x'.repeat(64))
    expect(readdirSync(folder).sort()).toEqual(['host.1.log', 'host.log'])
    const [old, now] = [join(folder, 'host.1.log'), join(folder, 'host.log')]
    for (const file of [old, now]) expect(statSync(file).size).toBeLessThan(limit + 256)
    const kept = [...numbersIn(old), ...numbersIn(now)]
    expect(kept.at(-1)).toBe(300)
    expect(kept).toEqual(Array.from(kept, (_, index) => 300 - kept.length + 1 + index))
  })

  it('goes on in a file that an earlier host left, and counts what is in it', () => {
    const folder = temporaryFolder()
    openLog(folder, {}).info({ number: 1 }, 'x'.repeat(512))
    const log = openLog(folder, {}, { limit: 1_024 })
    log.info({ number: 2 }, 'x'.repeat(512))
    log.info({ number: 3 }, 'y')
    expect(numbersIn(join(folder, 'host.1.log'))).toEqual([1, 2])
    expect(numbersIn(join(folder, 'host.log'))).toEqual([3])
  })
})

describe('events in the log', () => {
  function logged(level = 'debug') {
    const entries: Record<string, unknown>[] = []
    const log = pino({ level }, { write: (line) => entries.push(JSON.parse(line)) })
    return { tell: createEventLogger(log), entries }
  }
  const stamp = { seq: 1, ts: 1, offset_ms: 1, run_id: 'r', source: 'runner', cause_seq: [] }
  const started: EventBody = { type: 'run.started', scenario_ref: 's', template: null, trace_id: 't' }
  const refused: EventBody = {
    type: 'handshake.failed',
    role: 'responder',
    error: 'text of a stranger',
    code: 'IDENTITY_FAILED',
    check: 'manifest.pop',
  }

  it('carry the ids of run, trace, agent and exchange, and the code of what failed', () => {
    const { tell, entries } = logged('info')
    tell({ ...stamp, ...started } as RunEvent)
    tell({ ...stamp, ...refused, source: 'agent', agent_id: 'a', exchange_id: 'e', seq: 2 } as RunEvent)
    tell({ ...stamp, type: 'run.complete', seq: 3 } as RunEvent)
    expect(entries).toMatchObject([
      { level: 30, run_id: 'r', trace_id: 't', seq: 1, msg: 'run.started' },
      {
        level: 40,
        run_id: 'r',
        trace_id: 't',
        agent_id: 'a',
        exchange_id: 'e',
        code: 'IDENTITY_FAILED',
        check: 'manifest.pop',
        msg: 'handshake.failed',
      },
      { level: 30, trace_id: 't', msg: 'run.complete' },
    ])
  })

  it('carry no text that anybody wrote', () => {
    const { tell, entries } = logged()
    const known = { agent_id: 'a', exchange_id: 'e', code: 'c', check: 'k', trace_id: 't' }
    for (const events of anyEvents('text of a stranger').values())
      for (const event of events) {
        const ids = Object.entries(known).filter(([name]) => Object.hasOwn(event, name))
        tell({ ...event, ...Object.fromEntries(ids) } as RunEvent)
      }
    expect(entries.length).toBeGreaterThan(200)
    expect(entries.filter((entry) => JSON.stringify(entry).includes('stranger'))).toEqual([])
  })
})
