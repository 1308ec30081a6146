import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors.ts'
import type { Exchange, ExchangeDetail, StoredCapture } from '../../shared/exchange.ts'
import { type CaptureRow, joinCaptures } from './join-captures.ts'

/** What both sides captured of each exchange, bodies and tokens included; behind the bearer, never in events. */
export interface ExchangeStore {
  put(runId: string, offsetMs: number, capture: StoredCapture): void
  list(runId: string): Exchange[]
  get(runId: string, exchangeId: string): ExchangeDetail
  /** All of a run, bodies included. */
  details(runId: string): ExchangeDetail[]
  /** As they were put, in the order in which they came. */
  captures(runId: string): CaptureRow[]
}

export function createExchangeStore(database: DatabaseSync): ExchangeStore {
  // One capture an agent and exchange, and the first stands: no agent can rewrite what it reported, and who claims
  // another's side shows as a dispute.
  const insert = database.prepare(
    `INSERT INTO captures (run_id, exchange_id, agent_id, offset_ms, capture) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const selectAll = database.prepare('SELECT * FROM captures WHERE run_id = ? ORDER BY offset_ms')
  const selectOne = database.prepare(
    'SELECT * FROM captures WHERE run_id = ? AND exchange_id = ? ORDER BY offset_ms',
  )
  const selectEvents = database.prepare(
    'SELECT seq, exchange_id FROM events WHERE run_id = ? AND exchange_id IS NOT NULL ORDER BY seq',
  )

  function join(runId: string, rows: Record<string, unknown>[]): ExchangeDetail[] {
    const byId = Map.groupBy(rows, (row) => String(row['exchange_id']))
    const seqs = Map.groupBy(selectEvents.all(runId), (row) => String(row['exchange_id']))
    return [...byId].map(([exchangeId, captures]) =>
      joinCaptures(
        runId,
        captures.map(captureOf),
        (seqs.get(exchangeId) ?? []).map((row) => Number(row['seq'])),
      ),
    )
  }

  return {
    put: (runId, offsetMs, capture) =>
      void insert.run(runId, capture.exchange_id, capture.agent_id, offsetMs, JSON.stringify(capture)),
    list: (runId) =>
      join(runId, selectAll.all(runId))
        .map(({ client: _client, server: _server, ...exchange }) => exchange)
        .sort((a, b) => a.offset_ms - b.offset_ms),
    details: (runId) => join(runId, selectAll.all(runId)),
    get(runId, exchangeId) {
      const [found] = join(runId, selectOne.all(runId, exchangeId))
      if (!found) {
        throw new AppError('exchange_not_found', `Run ${runId} has captured no exchange ${exchangeId}.`)
      }
      return found
    },
    captures: (runId) => selectAll.all(runId).map(captureOf),
  }
}

function captureOf(row: Record<string, unknown>): CaptureRow {
  return {
    offsetMs: Number(row['offset_ms']),
    capture: JSON.parse(String(row['capture'])) as StoredCapture,
  }
}
