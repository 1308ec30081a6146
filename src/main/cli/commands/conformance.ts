import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { createAitp } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import { printable } from '../../../shared/printable.ts'
import type { Fixture } from '../../conformance/fixture.ts'
import { type Implementation, ownImplementation } from '../../conformance/implementation.ts'
import { loadFixtures } from '../../conformance/load-fixtures.ts'
import { KeyRing, NOW } from '../../conformance/minter/keys.ts'
import { resultsPage } from '../../conformance/page.ts'
import { isGateMet, runFixtures, type SuiteResult } from '../../conformance/run-fixtures.ts'
import { startTarget } from '../../conformance/target.ts'
import { shippedFixtures } from '../../paths.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface ConformanceOptions {
  readonly target?: string
  readonly drafts: boolean
  readonly page?: string
  readonly json?: true
}

const ring = new KeyRing(nodeEngine, createAitp(nodeEngine))

export function addConformance(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('conformance')
    .description('runs the conformance fixtures of the specification')
    .argument('[dir]', 'folder with fixtures (default: the ones that ship with the console)')
    .option('--target <path>', 'drive this conformance adapter instead of the program itself')
    .option('--no-drafts', 'leave out what the specification still calls a draft')
    .option('--page <file>', 'also write the results as the page of the documentation')
    .option('--json', 'one JSON object')
    .action(async (dir: string | undefined, options: ConformanceOptions) => {
      const fixtures = loadFixtures(dir ?? shippedFixtures(terminal.paths))
      const result = await run(fixtures, options.drafts, options, terminal)
      if (options.page !== undefined) await writePage(options.page, fixtures, result, options, terminal)
      if (options.json) terminal.write(`${JSON.stringify(result, null, 2)}\n`)
      else print(result, terminal)
      if (!isGateMet(fixtures, result)) end(1)
    })
}

/** A fresh instance each time: what one run has remembered is a replay in the next. */
async function run(
  fixtures: readonly Fixture[],
  drafts: boolean,
  { target }: ConformanceOptions,
  terminal: Terminal,
): Promise<SuiteResult> {
  const implementation: Implementation =
    target === undefined
      ? ownImplementation({ engine: nodeEngine, version: terminal.version, now: NOW, randomBytes })
      : await startTarget(target, { environment: terminal.environment })
  try {
    return await runFixtures(fixtures, { implementation, ring, drafts })
  } finally {
    await implementation.close()
  }
}

async function writePage(
  file: string,
  fixtures: readonly Fixture[],
  result: SuiteResult,
  options: ConformanceOptions,
  terminal: Terminal,
): Promise<void> {
  const [all, withoutDrafts] = options.drafts
    ? [result, await run(fixtures, false, options, terminal)]
    : [await run(fixtures, true, options, terminal), result]
  try {
    writeFileSync(file, resultsPage({ fixtures, all, withoutDrafts }))
  } catch (cause) {
    throw new AppError('usage', `${file} cannot be written.`, { cause })
  }
}

const marks = { passed: '✓', failed: '✕', skipped: '–' } as const

function print({ total, passed, failed, skipped, results }: SuiteResult, terminal: Terminal): void {
  for (const { id, status, reason } of results) {
    const line = `${marks[status]} ${id}${reason === undefined ? '' : `  ${reason}`}`
    terminal.write(`${printable(line)}\n`)
  }
  terminal.tell(`${total} fixtures: ${passed} passed, ${failed} failed, ${skipped} skipped`)
}
