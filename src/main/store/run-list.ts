import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { RunFilter } from '../../shared/contract.ts'
import type { RunStatus, RunSummary } from '../../shared/run.ts'

export interface FoundRuns {
  readonly runs: RunSummary[]
  /** How many the filter finds, whatever its limit. */
  readonly total: number
}

/** How a filter's members are asked; each names its parameter once. */
const conditions = {
  run_id: beginsWith('run_id'),
  status: 'status = :status',
  scenario: beginsWith('scenario_ref', 'scenario'),
  agent: `EXISTS (SELECT 1 FROM json_each(agents)
    WHERE :agent IN (json_extract(value, '$.agent_id'), json_extract(value, '$.aid')))`,
  label: 'instr(lower(run_label), lower(:label)) > 0',
  since: 'created_at >= :since',
  until: 'created_at < :until',
} as const

const orders: Record<RunFilter['order'], string> = {
  oldest: 'created_at, rowid',
  newest: 'created_at DESC, rowid DESC',
}

/** Runs without their events. Events are numbered without gaps, so the last number is how many there are. */
export function listRuns(database: DatabaseSync, filter: RunFilter): FoundRuns {
  const wanted = Object.entries(conditions).flatMap(([name, sql]) => {
    const value: SQLInputValue | undefined = filter[name as keyof typeof conditions]
    return value === undefined ? [] : [{ name, sql, value }]
  })
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(({ sql }) => sql).join(' AND ')}`
  const values = Object.fromEntries(wanted.map(({ name, value }) => [name, value]))
  const rows = database
    .prepare(
      `SELECT run_id, status, scenario_ref, run_label, template, created_at, imported,
         coalesce((SELECT max(seq) FROM events WHERE events.run_id = runs.run_id), 0) AS event_count
       FROM runs ${where} ORDER BY ${orders[filter.order]} LIMIT :limit OFFSET :offset`,
    )
    .all({ ...values, limit: filter.limit ?? -1, offset: filter.offset })
  const counted = database.prepare(`SELECT count(*) AS n FROM runs ${where}`).get(values)
  return { runs: rows.map(summaryOf), total: Number(counted?.['n']) }
}

/** By a range, so that an index serves it. */
function beginsWith(column: string, parameter = column): string {
  return `${column} >= :${parameter} AND ${column} < :${parameter} || char(0x10ffff)`
}

function summaryOf(row: Record<string, unknown>): RunSummary {
  return {
    run_id: String(row['run_id']),
    status: row['status'] as RunStatus,
    scenario_ref: String(row['scenario_ref']),
    run_label: textOrNull(row['run_label']),
    template: textOrNull(row['template']),
    created_at: Number(row['created_at']),
    event_count: Number(row['event_count']),
    imported: row['imported'] === 1,
  }
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
