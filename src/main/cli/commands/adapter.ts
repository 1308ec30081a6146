import { randomBytes } from 'node:crypto'
// The adapter is a conversation: the only command that reads its input line by line while it writes.
import { stdin } from 'node:process'
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { transition } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { Adapter } from '../../conformance/adapter.ts'
import { ownImplementation } from '../../conformance/implementation.ts'
import type { Terminal } from '../terminal.ts'

interface AdapterOptions {
  readonly transition?: true
}

export function addAdapter(program: Command, terminal: Terminal): void {
  program
    .command('adapter')
    .description('answers a conformance runner on standard input and output, one JSON object a line')
    .option('--transition', 'accept older forms of signatures too (also: AITP_ADAPTER_TRANSITION=1)')
    .action(async (options: AdapterOptions) => {
      const older = options.transition === true || terminal.environment['AITP_ADAPTER_TRANSITION'] === '1'
      const adapter = new Adapter(
        ownImplementation({
          engine: nodeEngine,
          version: terminal.version,
          now: Math.floor(Date.now() / 1000),
          randomBytes,
          ...(older ? { compat: transition } : {}),
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
