import { once } from 'node:events'
import type { Command } from 'commander'
import { createAitp } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import { openOwnControlPlane } from '../../control-plane/own-control-plane.ts'
import { openDataFolder } from '../../data-folder.ts'
import { openLog } from '../../observability/log.ts'
import { dataDir, defaultControlPlanePort, portNumber } from '../console-options.ts'
import type { Terminal } from '../terminal.ts'

interface ServeOptions {
  readonly data?: string
  readonly port?: string
  readonly allowLoopbackReceivers?: true
  readonly json?: true
}

export function addControlPlane(program: Command, terminal: Terminal): void {
  const cp = program.command('cp').description('the Control Plane inside the console, by itself')
  cp.command('serve')
    .description('serves the Control Plane of a data folder until Ctrl-C')
    .option('--data <dir>', 'data folder (default: the platform’s own, or AITP_CONSOLE_HOME)')
    .option('--port <number>', `port (default ${defaultControlPlanePort}, or the next free one)`)
    .option('--allow-loopback-receivers', 'deliver webhooks to programs on this machine too')
    .option('--json', 'print address, AID and process id as one JSON object')
    .action((options: ServeOptions) => serve(options, terminal))
}

async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const dataFolder = openDataFolder(dataDir(options, terminal))
  const asked = options.port === undefined ? null : portNumber(options.port, '--port')
  const own = await openOwnControlPlane({
    aitp: createAitp(nodeEngine),
    dataFolder,
    port: asked ?? defaultControlPlanePort,
    loopbackReceivers: { has: () => options.allowLoopbackReceivers === true },
    log: openLog(dataFolder.logs, terminal.environment, { name: 'control-plane' }),
  })
  if (own === null) {
    throw new AppError(
      'data_folder_in_use',
      `Another process runs the Control Plane of ${dataFolder.root} and does not say where; try again, or name another folder with --data.`,
    )
  }
  try {
    const { baseUrl, aid, isOurs } = own
    if (asked !== null && asked !== 0 && new URL(baseUrl).port !== String(asked)) {
      throw isOurs
        ? new AppError(
            'port_in_use',
            `Port ${asked} is taken by another program; ask for another with --port.`,
          )
        : new AppError('host_differs', `The Control Plane of this data folder runs already at ${baseUrl}.`)
    }
    const keyFile = 'control-plane.json'
    if (options.json)
      terminal.write(`${JSON.stringify({ base_url: baseUrl, aid, pid: process.pid, ours: isOurs })}\n`)
    else {
      terminal.write(`${baseUrl}\n`)
      terminal.tell(`It signs as ${aid}; its API key is in ${keyFile} of the data folder.`)
      terminal.tell(isOurs ? 'Ctrl-C ends it.' : 'Another process of this data folder runs it already.')
    }
    if (isOurs && !terminal.interrupt.aborted) await once(terminal.interrupt, 'abort')
  } finally {
    await own.close()
  }
}
