import { randomBytes } from 'node:crypto'
// The adapter is a conversation: the only command that reads its input line by line while it writes.
import { stdin } from 'node:process'
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { Adapter } from '../../conformance/adapter.ts'
import { ownImplementation } from '../../conformance/implementation.ts'
import type { Terminal } from '../terminal.ts'

interface AdapterOptions {
  readonly olderRunner?: true
}

export function addAdapter(program: Command, terminal: Terminal): void {
  program
    .command('adapter')
    .description('answers a conformance runner on standard input and output, one JSON object a line')
    .option(
      '--older-runner',
      'answer as runners of the older suite expect (also: AITP_ADAPTER_OLDER_RUNNER=1)',
    )
    .action(async (options: AdapterOptions) => {
      const { environment } = terminal
      const forOlderRunner = options.olderRunner ?? environment['AITP_ADAPTER_OLDER_RUNNER'] === '1'
      const adapter = new Adapter(
        ownImplementation({
          engine: nodeEngine,
          version: terminal.version,
          now: Math.floor(Date.now() / 1000),
          randomBytes,
          forOlderRunner,
        }),
      )
      const lines = createInterface({ input: stdin })
      terminal.interrupt.addEventListener('abort', () => lines.close(), { once: true })
      for await (const line of lines) {
        const reply = await adapter.handle(line)
        if (reply !== null) terminal.write(`${reply.line}\n`)
        if (reply?.done) break
      }
    })
}
