import type { DatabaseSync } from 'node:sqlite'
import type { SentBatch } from '../../shared/projections.ts'

/** Which events of a run were sent to a Control Plane, and what it said. */
export interface ReportStore {
  add(runId: string, batch: SentBatch): void
  list(runId: string): SentBatch[]
  /** From now on nothing is stored: an answer may come when the database is closed. */
  close(): void
}

export function createReportStore(database: DatabaseSync): ReportStore {
  const insert = database.prepare('INSERT INTO sent_batches VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const select = database.prepare('SELECT * FROM sent_batches WHERE run_id = ? ORDER BY sent_at, first_seq')
  let isClosed = false
  return {
    add(runId, { first_seq, last_seq, sent_at, status, error }) {
      if (!isClosed) insert.run(runId, first_seq, last_seq, sent_at, status, error)
    },
    list: (runId) =>
      select.all(runId).map((row) => ({
        first_seq: Number(row['first_seq']),
        last_seq: Number(row['last_seq']),
        sent_at: Number(row['sent_at']),
        status: typeof row['status'] === 'number' ? row['status'] : null,
        error: typeof row['error'] === 'string' ? row['error'] : null,
      })),
    close() {
      isClosed = true
    },
  }
}
