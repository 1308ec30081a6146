import { existsSync, readFileSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import { RunRecord } from '../../shared/run.ts'

/** Whether a run is named by a file and not by its id. Throws `usage` for a file that is not there. */
export function namesFile(run: string): boolean {
  if (existsSync(run)) return true
  if (/[\\/.]/.test(run)) throw new AppError('usage', `There is no file ${run}.`)
  return false
}

/** A record that `run --json` wrote. Throws `usage` for anything else. */
export function readRecord(file: string): RunRecord {
  const record = RunRecord.safeParse(parseJson(file))
  if (record.success) return record.data
  const member = record.error.issues[0]?.path.join('.')
  throw new AppError(
    'usage',
    `${file} is no run record that \`run --json\` wrote${member ? `: its ${member} is missing or of another form` : ''}.`,
  )
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new AppError('usage', `${file} is not JSON; give a run id or a file that \`run --json\` wrote.`, {
      cause,
    })
  }
}
