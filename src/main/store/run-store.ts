import type { DatabaseSync, StatementResultingChanges } from 'node:sqlite'
import type { RunFilter } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { RunEvent } from '../../shared/events.ts'
import type { ControlPlaneChoice, RunAgent, RunRecord, RunStatus } from '../../shared/run.ts'
import { type FoundRuns, listRuns, textOrNull } from './run-list.ts'

export interface NewRun {
  readonly run_id: string
  readonly scenario_ref: string
  readonly run_label: string | null
  readonly template: string | null
  readonly inputs: Record<string, unknown>
  readonly cp: ControlPlaneChoice
  /** Unix seconds. */
  readonly created_at: number
}

export interface RunEnd {
  readonly status: RunStatus
  readonly outputs: Record<string, unknown>
  readonly error: { readonly code: string; readonly message: string } | null
  /** Whether it came to what the scenario says it should; `null` when nothing can be said. */
  readonly asExpected: boolean | null
}

/** Runs and their events in SQLite; every write is on disk when the call returns. */
export interface RunStore {
  create(run: NewRun): void
  /** Stores a run that has ended elsewhere, without its events. Throws `run_id_taken`. */
  adopt(run: Omit<RunRecord, 'events'>): void
  get(runId: string): RunRecord
  list(filter: RunFilter): FoundRuns
  status(runId: string): RunStatus
  eventCount(runId: string): number
  /** Runs that some earlier process left unfinished. */
  unfinished(): string[]
  start(runId: string): void
  setAgents(runId: string, agents: readonly RunAgent[]): void
  setOutputs(runId: string, outputs: Record<string, unknown>): void
  /** No effect on a run that has ended: the first end stands. */
  end(runId: string, end: RunEnd): boolean
  appendEvent(event: RunEvent): void
  events(runId: string, afterSeq: number, limit: number): RunEvent[]
  /** Deletes a run that has ended, with all that belongs to it. False when it has not. */
  delete(runId: string): boolean
  /**
   * Ids of the runs that ended before `endedBefore` (Unix seconds) or are not among the `newest` last ones; `null`
   * where there is no limit.
   */
  beyond(newest: number | null, endedBefore: number | null): string[]
}

type Row = Record<string, unknown>

export function createRunStore(database: DatabaseSync): RunStore {
  const insertRun = database.prepare(
    `INSERT INTO runs (run_id, status, scenario_ref, run_label, template, inputs, cp, created_at)
     VALUES (?, 'pending', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertEnded = database.prepare(
    `INSERT INTO runs (run_id, status, scenario_ref, run_label, template, inputs, agents, outputs, error, error_code,
       as_expected, cp, created_at, imported, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
  )
  const selectRun = database.prepare('SELECT * FROM runs WHERE run_id = ?')
  const selectStatus = database.prepare('SELECT status FROM runs WHERE run_id = ?')
  const selectUnfinished = database.prepare(`SELECT run_id FROM runs WHERE status IN ('pending', 'running')`)
  const lastEvent = database.prepare('SELECT max(seq) AS n FROM events WHERE run_id = ?')
  const updateStart = database.prepare(
    `UPDATE runs SET status = 'running' WHERE run_id = ? AND status = 'pending'`,
  )
  const updateAgents = database.prepare('UPDATE runs SET agents = ? WHERE run_id = ?')
  const updateOutputs = database.prepare('UPDATE runs SET outputs = ? WHERE run_id = ?')
  const updateEnd = database.prepare(
    `UPDATE runs SET status = ?, outputs = ?, error = ?, error_code = ?, as_expected = ?, ended_at = ?
     WHERE run_id = ? AND status IN ('pending', 'running')`,
  )
  const insertEvent = database.prepare(
    'INSERT INTO events (run_id, seq, type, exchange_id, event) VALUES (?, ?, ?, ?, ?)',
  )
  const selectEvents = database.prepare(
    'SELECT event FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
  )

  const deleteEnded = database.prepare('DELETE FROM runs WHERE run_id = ? AND ended_at IS NOT NULL')
  const selectBeyond = database.prepare(
    `SELECT run_id FROM runs WHERE ended_at IS NOT NULL AND (
       ended_at < :endedBefore OR :newest IS NOT NULL AND rowid NOT IN (
         SELECT rowid FROM runs WHERE ended_at IS NOT NULL
         ORDER BY ended_at DESC, rowid DESC LIMIT coalesce(:newest, 0)
       )
     )`,
  )

  function row(runId: string, select = selectRun): Row {
    const found = select.get(runId)
    if (!found) throw new AppError('run_not_found', `There is no run ${runId} in this data folder.`)
    return found
  }

  function requireFresh(runId: string, { changes }: StatementResultingChanges): void {
    if (changes === 1) return
    throw new AppError(
      'run_id_taken',
      `Run ${runId} is stored already; a new run takes another id, or none, and a file is taken in once.`,
    )
  }

  function events(runId: string, afterSeq: number, limit: number): RunEvent[] {
    return selectEvents.all(runId, afterSeq, limit).map((found) => JSON.parse(String(found['event'])))
  }

  return {
    create(run) {
      const inserted = insertRun.run(
        run.run_id,
        run.scenario_ref,
        run.run_label,
        run.template,
        JSON.stringify(run.inputs),
        run.cp,
        run.created_at,
      )
      requireFresh(run.run_id, inserted)
    },
    adopt(run) {
      const inserted = insertEnded.run(
        run.run_id,
        run.status,
        run.scenario_ref,
        run.run_label,
        run.template,
        JSON.stringify(run.inputs),
        JSON.stringify(run.agents),
        JSON.stringify(run.outputs),
        run.error,
        run.error_code,
        run.as_expected === null ? null : Number(run.as_expected),
        run.cp,
        run.created_at,
        Date.now() / 1000,
      )
      requireFresh(run.run_id, inserted)
    },
    get(runId) {
      const found = row(runId)
      return {
        run_id: runId,
        status: found['status'] as RunStatus,
        scenario_ref: String(found['scenario_ref']),
        run_label: textOrNull(found['run_label']),
        template: textOrNull(found['template']),
        inputs: JSON.parse(String(found['inputs'])),
        agents: JSON.parse(String(found['agents'])),
        outputs: JSON.parse(String(found['outputs'])),
        events: events(runId, 0, -1),
        error: textOrNull(found['error']),
        error_code: textOrNull(found['error_code']),
        as_expected: found['as_expected'] === null ? null : found['as_expected'] === 1,
        cp: String(found['cp']),
        created_at: Number(found['created_at']),
        imported: found['imported'] === 1,
      }
    },
    list: (filter) => listRuns(database, filter),
    status: (runId) => row(runId, selectStatus)['status'] as RunStatus,
    eventCount: (runId) => Number(lastEvent.get(runId)?.['n'] ?? 0),
    unfinished: () => selectUnfinished.all().map((found) => String(found['run_id'])),
    start: (runId) => void updateStart.run(runId),
    setAgents: (runId, agents) => void updateAgents.run(JSON.stringify(agents), runId),
    setOutputs: (runId, outputs) => void updateOutputs.run(JSON.stringify(outputs), runId),
    end(runId, { status, outputs, error, asExpected }) {
      const { changes } = updateEnd.run(
        status,
        JSON.stringify(outputs),
        error?.message ?? null,
        error?.code ?? null,
        asExpected === null ? null : Number(asExpected),
        Date.now() / 1000,
        runId,
      )
      return changes === 1
    },
    appendEvent(event) {
      insertEvent.run(event.run_id, event.seq, event.type, event.exchange_id ?? null, JSON.stringify(event))
    },
    events,
    delete(runId) {
      row(runId, selectStatus)
      return deleteEnded.run(runId).changes === 1
    },
    beyond: (newest, endedBefore) =>
      selectBeyond.all({ newest, endedBefore }).map((found) => String(found['run_id'])),
  }
}
