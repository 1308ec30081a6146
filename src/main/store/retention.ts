import Conf from 'conf'
import { Retention } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'

const keptByDefault: Retention = { max_runs: 1_000, max_age_days: null }

/** In the environment this stands for no limit. */
const unlimited = 'all'
const variables = { max_runs: 'RUN_HISTORY_MAX_RUNS', max_age_days: 'RUN_HISTORY_MAX_AGE_DAYS' } as const

/**
 * What is kept of ended runs: each limit from the environment, else from `retention` in the data folder's
 * `settings.json`, else the last 1,000 of any age. Throws `usage` for what is no limit: a guess could delete runs.
 */
export function readRetention(dataDir: string, environment: NodeJS.ProcessEnv): Retention {
  const kept = fromSettings(dataDir)
  const limit = (name: keyof Retention): number | null => {
    const variable = variables[name]
    const text = environment[variable]
    if (!text) return kept[name]
    const parsed = Retention.shape[name].safeParse(text === unlimited ? null : Number(text))
    if (parsed.success) return parsed.data
    throw new AppError(
      'usage',
      `${variable} takes a number above 0, or "${unlimited}", not "${text}" (how much of the history is kept).`,
    )
  }
  return { max_runs: limit('max_runs'), max_age_days: limit('max_age_days') }
}

function fromSettings(dataDir: string): Retention {
  const refusal = (reason: string, cause?: unknown) =>
    new AppError('usage', `settings.json in ${dataDir} does not say how many runs to keep: ${reason}.`, {
      cause,
    })
  const given = (() => {
    try {
      return new Conf<{ retention?: unknown }>({ cwd: dataDir, configName: 'settings' }).get('retention')
    } catch (cause) {
      throw refusal(cause instanceof Error ? cause.message : String(cause), cause)
    }
  })()
  const parsed = Retention.partial().safeParse(given ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refusal(`${['retention', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`)
  }
  const { max_runs = keptByDefault.max_runs, max_age_days = keptByDefault.max_age_days } = parsed.data
  return { max_runs, max_age_days }
}
