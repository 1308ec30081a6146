import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors.ts'
import type { RunEvent } from '../../shared/events.ts'
import type { ControlPlaneChoice, RunAgent, RunRecord, RunStatus, RunSummary } from '../../shared/run.ts'

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
  get(runId: string): RunRecord
  list(): RunSummary[]
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
}

type Row = Record<string, unknown>

export function createRunStore(database: DatabaseSync): RunStore {
  const insertRun = database.prepare(
    `INSERT INTO runs (run_id, status, scenario_ref, run_label, template, inputs, cp, created_at)
     VALUES (?, 'pending', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const selectRun = database.prepare('SELECT * FROM runs WHERE run_id = ?')
  const selectRuns = database.prepare(
    `SELECT runs.*, (SELECT count(*) FROM events WHERE events.run_id = runs.run_id) AS event_count
     FROM runs ORDER BY created_at, run_id`,
  )
  const selectUnfinished = database.prepare(`SELECT run_id FROM runs WHERE status IN ('pending', 'running')`)
  const countEvents = database.prepare('SELECT count(*) AS n FROM events WHERE run_id = ?')
  const updateStart = database.prepare(
    `UPDATE runs SET status = 'running' WHERE run_id = ? AND status = 'pending'`,
  )
  const updateAgents = database.prepare('UPDATE runs SET agents = ? WHERE run_id = ?')
  const updateOutputs = database.prepare('UPDATE runs SET outputs = ? WHERE run_id = ?')
  const updateEnd = database.prepare(
    `UPDATE runs SET status = ?, outputs = ?, error = ?, error_code = ?, as_expected = ?
     WHERE run_id = ? AND status IN ('pending', 'running')`,
  )
  const insertEvent = database.prepare(
    'INSERT INTO events (run_id, seq, type, exchange_id, event) VALUES (?, ?, ?, ?, ?)',
  )
  const selectEvents = database.prepare(
    'SELECT event FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
  )

  function row(runId: string): Row {
    const found = selectRun.get(runId)
    if (!found) throw new AppError('run_not_found', `There is no run ${runId} in this data folder.`)
    return found
  }

  function events(runId: string, afterSeq: number, limit: number): RunEvent[] {
    return selectEvents.all(runId, afterSeq, limit).map((found) => JSON.parse(String(found['event'])))
  }

  return {
    create(run) {
      const { changes } = insertRun.run(
        run.run_id,
        run.scenario_ref,
        run.run_label,
        run.template,
        JSON.stringify(run.inputs),
        run.cp,
        run.created_at,
      )
      if (changes === 0) {
        throw new AppError(
          'run_id_taken',
          `Run ${run.run_id} is stored already; leave the id out or choose another.`,
        )
      }
    },
    get(runId) {
      const found = row(runId)
      return {
        run_id: runId,
        status: found['status'] as RunStatus,
        scenario_ref: String(found['scenario_ref']),
        run_label: text(found['run_label']),
        template: text(found['template']),
        inputs: JSON.parse(String(found['inputs'])),
        agents: JSON.parse(String(found['agents'])),
        outputs: JSON.parse(String(found['outputs'])),
        events: events(runId, 0, -1),
        error: text(found['error']),
        error_code: text(found['error_code']),
        as_expected: found['as_expected'] === null ? null : found['as_expected'] === 1,
        cp: String(found['cp']),
        created_at: Number(found['created_at']),
      }
    },
    list: () =>
      selectRuns.all().map((found) => ({
        run_id: String(found['run_id']),
        status: found['status'] as RunStatus,
        scenario_ref: String(found['scenario_ref']),
        run_label: text(found['run_label']),
        template: text(found['template']),
        created_at: Number(found['created_at']),
        event_count: Number(found['event_count']),
      })),
    status: (runId) => row(runId)['status'] as RunStatus,
    eventCount: (runId) => Number(countEvents.get(runId)?.['n']),
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
        runId,
      )
      return changes === 1
    },
    appendEvent(event) {
      insertEvent.run(event.run_id, event.seq, event.type, event.exchange_id ?? null, JSON.stringify(event))
    },
    events,
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
