import { once } from 'node:events'
import type { Command } from 'commander'
import { allowedPrograms } from '../../allowed-programs.ts'
import {
  type ConsoleOptions,
  consoleOptions,
  dataDir,
  defaultPort,
  openWith,
  portNumber,
  scenariosDir,
} from '../console-options.ts'
import type { Terminal } from '../terminal.ts'

interface ServeOptions extends ConsoleOptions {
  readonly port?: string
  readonly allowPrograms?: true
}

export function addServe(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('serve'))
    .description('serves the console to a browser, and the service API, until Ctrl-C')
    .option('--port <number>', `port of the service (default ${defaultPort}, or the next free one)`)
    .option('--allow-programs', 'let the scenarios of this folder start programs of their own, now and later')
    .action(async (options: ServeOptions) => {
      const asked = options.port ?? terminal.environment['PORT']
      const opened = await openWith(options, terminal, {
        from: defaultPort,
        asked: asked ? portNumber(asked, options.port === undefined ? 'PORT' : '--port') : undefined,
      })
      try {
        if (options.allowPrograms) {
          allowedPrograms(dataDir(options, terminal)).allow(scenariosDir(options, terminal))
        }
        if (opened.host === null) {
          const { code } = await opened.client.call('newSessionCode', {})
          terminal.tell('The console of this data folder runs already; this opens another window on it.')
          terminal.write(`http://127.0.0.1:${opened.port}/#code=${code}\n`)
          return
        }
        if (asked === undefined && opened.port !== defaultPort) {
          terminal.tell(`Port ${defaultPort} is taken; the console listens on ${opened.port}.`)
        }
        for (const runId of opened.host.interrupted) {
          terminal.tell(`Run ${runId} was going on when the console last ended; it is marked interrupted.`)
        }
        terminal.tell('The AITP Trust Console is up. Open this address once in a browser; Ctrl-C ends it.')
        terminal.write(`${opened.host.browserAddress()}\n`)
        if (!terminal.interrupt.aborted) await once(terminal.interrupt, 'abort')
      } finally {
        await opened.close()
      }
    })
}
