import { once } from 'node:events'
import type { Command } from 'commander'
import { allowedPrograms } from '../../allowed-programs.ts'
import type { OpenConsole } from '../../attach.ts'
import {
  type ConsoleOptions,
  consoleOptions,
  controlPlaneChoice,
  dataDir,
  defaultControlPlanePort,
  defaultPort,
  openWith,
  portNumber,
  scenariosDir,
} from '../console-options.ts'
import { type DangerousOptions, loosenedBy, warnings } from '../loosened.ts'
import type { Terminal } from '../terminal.ts'

interface ServeOptions extends ConsoleOptions, DangerousOptions {
  readonly port?: string
  readonly cp?: string
  readonly allowPrograms?: true
}

export function addServe(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('serve'))
    .description('serves the console to a browser, and the service API, until Ctrl-C')
    .option('--port <number>', `port of the service (default ${defaultPort}, or the next free one)`)
    .option('--cp <embedded|off|url>', 'the Control Plane of runs that choose none')
    .option('--json', 'print address, port and process id as one JSON object')
    .option('--allow-programs', 'let the scenarios of this folder start programs of their own, now and later')
    .option(
      '--dangerously-listen',
      'listen where HOST says (default 0.0.0.0), so that other machines reach it',
    )
    .option(
      '--dangerously-no-bearer',
      'ask nobody on this machine for the bearer, for older clients: any program here may then do anything',
    )
    .action(async (options: ServeOptions) => {
      const loosened = loosenedBy(options, terminal.environment['HOST'] ?? '')
      const cp = options.cp === undefined ? undefined : controlPlaneChoice(options.cp)
      const asked = options.port ?? terminal.environment['PORT']
      const port = asked ? portNumber(asked, options.port === undefined ? 'PORT' : '--port') : undefined
      const scenarios = await scenariosDir(options, terminal)
      const opened = await openWith({ ...options, scenarios }, terminal, {
        from: defaultPort,
        cp,
        asked: port,
        loosened,
      })
      try {
        if (options.allowPrograms) {
          allowedPrograms(dataDir(options, terminal)).allow(scenarios)
        }
        if (opened.host !== null) for (const line of warnings(loosened)) terminal.tell(line)
        const { host, pid } = opened
        const address = host === null ? await anotherWindow(opened) : host.browserAddress()
        if (options.json) terminal.write(`${JSON.stringify({ address, port: opened.port, pid })}\n`)
        else {
          for (const line of linesBefore(opened, asked === undefined, !terminal.environment['CP_PORT']))
            terminal.tell(line)
          terminal.write(`${address}\n`)
        }
        if (host === null) return
        if (!terminal.interrupt.aborted) await once(terminal.interrupt, 'abort')
      } finally {
        await opened.close()
      }
    })
}

async function anotherWindow({ client, port }: OpenConsole): Promise<string> {
  const { code } = await client.call('newSessionCode', {})
  return `http://127.0.0.1:${port}/#code=${code}`
}

function linesBefore({ host, port }: OpenConsole, anyPort: boolean, anyControlPlanePort: boolean): string[] {
  if (host === null) return ['The console of this data folder runs already; this opens another window on it.']
  return [
    ...(anyPort && port !== defaultPort
      ? [`Port ${defaultPort} is taken; the console listens on ${port}.`]
      : []),
    ...(anyControlPlanePort &&
    host.controlPlanePort !== null &&
    host.controlPlanePort !== defaultControlPlanePort
      ? [`The Control Plane inside listens on ${host.controlPlanePort}: ${defaultControlPlanePort} is taken.`]
      : []),
    ...host.interrupted.map(
      (runId) => `Run ${runId} was going on when the console last ended; it is marked interrupted.`,
    ),
    'The AITP Trust Console is up. Open this address once in a browser; Ctrl-C ends it.',
  ]
}
