import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { type Fixture, FixtureError, parseFixture } from './fixture.ts'

/** Every fixture directly in the folder, by id. A file that is none stops the run before it begins. */
export function loadFixtures(folder: string): readonly Fixture[] {
  const fixtures = jsonFiles(folder).map((file) => readFixture(folder, file))
  if (fixtures.length === 0) throw new AppError('usage', `${folder} has no conformance fixtures (*.json).`)
  const repeated = fixtures.find(({ id }, index) => fixtures.findIndex((other) => other.id === id) !== index)
  if (repeated !== undefined) throw new AppError('usage', `${folder} has two fixtures called ${repeated.id}.`)
  return fixtures
}

function jsonFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch (cause) {
    throw new AppError('usage', `${folder} is no folder that can be read; give one with fixtures in it.`, {
      cause,
    })
  }
}

function readFixture(folder: string, file: string): Fixture {
  try {
    return parseFixture(file, JSON.parse(readFileSync(join(folder, file), 'utf8')))
  } catch (cause) {
    const reason = cause instanceof FixtureError ? cause.message : `${file}: ${String(cause)}`
    throw new AppError('usage', `${folder} has a file that is no fixture: ${reason}.`, { cause })
  }
}
