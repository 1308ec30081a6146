import { join } from 'node:path'
import pino, { type Logger } from 'pino'

/** The host's own log, one JSON line an entry, in the data folder; `LOG_LEVEL` as the ecosystem spells it. */
export function openLog(folder: string, environment: NodeJS.ProcessEnv): Logger {
  const level = (environment['LOG_LEVEL'] ?? 'info').toLowerCase()
  return pino(
    { level: Object.hasOwn(pino.levels.values, level) ? level : 'info' },
    pino.destination({ dest: join(folder, 'host.log'), sync: true, mkdir: true }),
  )
}
