import type { ConsoleClient } from '../../shared/client.ts'
import { AppError } from '../../shared/errors.ts'

const shown = 5

/** The id of a stored run, given whole or by its beginning. Throws `run_not_found`, or `run_id_ambiguous`. */
export async function storedRunId(client: ConsoleClient, given: string): Promise<string> {
  const found = given === '' ? [] : await beginningWith(client, given)
  if (found.includes(given)) return given
  const [only, another] = found
  if (only === undefined) {
    throw new AppError('run_not_found', `There is no run ${given} in this data folder.`)
  }
  if (another === undefined) return only
  const more = found.length > shown ? ' …' : ''
  throw new AppError(
    'run_id_ambiguous',
    `Several runs begin with ${given}: ${found.slice(0, shown).join(' ')}${more}; give more of the id.`,
  )
}

async function beginningWith(client: ConsoleClient, given: string): Promise<string[]> {
  const { runs } = await client.call('listRuns', { run_id: given })
  return runs.map(({ run_id }) => run_id)
}
