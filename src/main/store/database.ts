import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors.ts'
import { migrations as consoleMigrations } from './migrations.ts'

/**
 * Opens a database of ours, the console's unless told otherwise, and brings it to its current schema. WAL with `synchronous=NORMAL` survives a crash
 * of ours with everything that was acknowledged, and lets other processes read while a host writes.
 */
export function openDatabase(file: string, migrations: readonly string[] = consoleMigrations): DatabaseSync {
  // Tokens lie in it: for this user only, and SQLite gives the files beside it the same mode.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file)
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;',
  )
  migrate(database, file, migrations)
  return database
}

function migrate(database: DatabaseSync, file: string, migrations: readonly string[]): void {
  const row = database.prepare('PRAGMA user_version').get()
  const version = Number(row?.['user_version'])
  if (version > migrations.length) {
    throw new AppError(
      'data_folder_in_use',
      `${file} was written by a newer version of the console (schema ${version}, this one knows ${migrations.length}); update, or choose another data folder with --data.`,
    )
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    inTransaction(database, () => {
      database.exec(sql)
      database.exec(`PRAGMA user_version = ${index + 1}`)
    })
  }
}

/** Runs `work` in one transaction: all of it is stored, or none. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
