import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
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

/** Other parts keep other members; within ours a typing mistake is told. */
const Settings = z.object({ retention: z.strictObject(Retention.partial().shape).default({}) })

/** Only read, and so without `conf`: that takes over the signals of the process, and each then comes twice. */
function fromSettings(dataDir: string): Retention {
  const file = join(dataDir, 'settings.json')
  if (!existsSync(file)) return keptByDefault
  try {
    const { retention } = Settings.parse(JSON.parse(readFileSync(file, 'utf8')))
    const { max_runs = keptByDefault.max_runs, max_age_days = keptByDefault.max_age_days } = retention
    return { max_runs, max_age_days }
  } catch (cause) {
    throw new AppError('usage', `${file} does not say how many runs to keep: ${reasonOf(cause)}.`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause)
  const [issue] = cause.issues
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`
}
