import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { ConsoleClient } from '../../../shared/client.ts'
import { AppError } from '../../../shared/errors.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import { storedRunId } from '../stored-run-id.ts'
import type { Terminal } from '../terminal.ts'

type ExportOptions = ConsoleOptions & { readonly exchanges: boolean }

/** `runs export`, `runs import` and `runs delete`. `-` is standard output, or standard input. */
export function addRunFiles(runs: Command, terminal: Terminal): void {
  const command = (name: string, does: string) =>
    consoleOptions(runs.command(name)).description(does).option('--json', 'one JSON object')

  command('export', 'writes a run to a file that another console can take in')
    .argument('<run-id>', 'an id, or its beginning')
    .argument('<file>', 'a file that is not there yet, or -')
    .option('--no-exchanges', 'without the captured exchanges, which hold tokens and bodies')
    .action(async (given: string, file: string, options: ExportOptions) => {
      await withConsole(options, terminal, async (client) => {
        const run_id = await storedRunId(client, given)
        const exchanges = options.exchanges ? 'all' : 'none'
        const text = await client.call('exportRun', { run_id, exchanges })
        if (file === '-') {
          terminal.write(text)
          return
        }
        writeNew(file, text)
        if (options.json) terminal.write(`${JSON.stringify({ run_id, file, exchanges }, null, 2)}\n`)
        else {
          const warning = options.exchanges ? '; it holds the tokens and bodies of its exchanges' : ''
          terminal.tell(`Run ${run_id} is in ${file}${warning}.`)
        }
      })
    })

  command('import', 'stores a run that another console has exported')
    .argument('<file>', 'a file, or -')
    .action(async (file: string, options: ConsoleOptions) => {
      const text = file === '-' ? await terminal.readStdin() : read(file)
      await withConsole(options, terminal, async (client) => {
        const imported = await client.call('importRun', { text })
        if (options.json) terminal.write(`${JSON.stringify(imported, null, 2)}\n`)
        else {
          const { run_id, status, events, captures } = imported
          terminal.tell(`Run ${run_id} (${status}) is stored: ${events} events, ${captures} captures.`)
        }
      })
    })

  command('delete', 'deletes runs that have ended, with their events and exchanges')
    .argument('<run-id...>', 'ids, or their beginnings')
    .action(async (given: readonly string[], options: ConsoleOptions) => {
      await withConsole(options, terminal, async (client) => {
        // All are looked up first: a wrong id deletes nothing.
        const ids = new Set<string>()
        for (const id of given) ids.add(await storedRunId(client, id))
        for (const run_id of ids) await client.call('deleteRun', { run_id })
        if (options.json) terminal.write(`${JSON.stringify({ deleted: [...ids] }, null, 2)}\n`)
        else for (const run_id of ids) terminal.tell(`Run ${run_id} is deleted.`)
      })
    })
}

async function withConsole(
  options: ConsoleOptions,
  terminal: Terminal,
  act: (client: ConsoleClient) => Promise<void>,
): Promise<void> {
  const opened = await openWith(options, terminal, { from: 0 })
  try {
    await act(opened.client)
  } finally {
    await opened.leave()
  }
}

/** For this user only, since tokens may be in it; never over something else. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('usage', `The run cannot be written to ${file} (${reason}).`, { cause })
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError('usage', `There is no file ${file} that can be read.`, { cause })
  }
}
