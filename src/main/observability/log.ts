import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'

/** What a log may grow to; what is older than it and the file before it is forgotten. */
const mostBytes = 10 * 1024 * 1024

/**
 * The log of a process that serves, one JSON line an entry, in the data folder; `LOG_LEVEL` as the ecosystem spells it. A
 * file that has grown too large becomes `host.1.log`, in place of the one before it.
 */
export function openLog(
  folder: string,
  environment: NodeJS.ProcessEnv,
  { name = 'host', limit = mostBytes }: { name?: 'host' | 'control-plane'; limit?: number } = {},
): Logger {
  const level = (environment['LOG_LEVEL'] ?? 'info').toLowerCase()
  const file = join(folder, `${name}.log`)
  const destination = pino.destination({ dest: file, sync: true, mkdir: true })
  let bytes = statSync(file).size
  destination.on('write', (written: number) => {
    bytes += written
    if (bytes < limit) return
    bytes = 0
    renameSync(file, join(folder, `${name}.1.log`))
    destination.reopen(file)
  })
  return pino({ level: Object.hasOwn(pino.levels.values, level) ? level : 'info' }, destination)
}
