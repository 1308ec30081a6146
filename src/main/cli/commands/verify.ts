import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { AitpError, createAitp } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Report } from '../../../shared/report.ts'
import { ladderLines } from '../ladder-lines.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface VerifyOptions {
  readonly at?: string
  readonly issuer?: string
  readonly audience?: string
  readonly manifest?: string
  readonly json?: true
}

export function addVerify(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('verify')
    .description('checks one artefact offline and prints its ladder; what is not given is skipped')
    .argument('<kind>', 'manifest or tct')
    .argument('<file>', 'the artefact as it was on the wire, or - for standard input')
    .addOption(new Option('--at <time>', 'judge by this clock: Unix seconds or an ISO date (default: now)'))
    .option('--issuer <aid>', 'the AID that must have issued a TCT, or that a manifest must show')
    .option('--audience <aid>', 'the AID that a TCT must be for')
    .option('--manifest <file>', 'the manifest of a TCT’s issuer')
    .option('--json', 'the report as one JSON object')
    .action(async (kind: string, file: string, options: VerifyOptions) => {
      const text = await readArtefact(file, terminal)
      const report = verifyArtefact(kind, text, options)
      if (options.json) terminal.write(`${JSON.stringify(report, null, 2)}\n`)
      else for (const line of ladderLines(report)) terminal.write(`${line}\n`)
      if (report.verdict === 'refused') end(1)
    })
}

const aitp = createAitp(nodeEngine)

function verifyArtefact(kind: string, text: string, options: VerifyOptions): Report {
  const now = clock(options.at)
  const collector = aitp.createCollector()
  const issuer = options.issuer === undefined ? undefined : aid('--issuer', options.issuer)
  const manifestContext = { now, allowLoopbackHttp: true }
  switch (kind) {
    case 'manifest':
      return judged(collector, 'manifest', now, () =>
        aitp.verifyManifest(text, {
          ...manifestContext,
          ...(issuer ? { expectedAid: issuer } : {}),
          collector,
        }),
      )
    case 'tct': {
      const issuerManifest =
        options.manifest === undefined ? undefined : readManifest(options.manifest, manifestContext)
      const audience = options.audience === undefined ? undefined : aid('--audience', options.audience)
      return judged(collector, 'tct', now, () =>
        aitp.verifyTct(text.trim(), {
          now,
          ...(issuer ? { expectedIssuer: issuer } : {}),
          ...(audience ? { expectedAudience: audience } : {}),
          ...(issuerManifest ? { issuerManifest } : {}),
          collector,
        }),
      )
    }
    default:
      throw new AppError('usage', `verify knows the kinds manifest and tct, not "${kind}".`)
  }
}

function judged(
  collector: ReturnType<typeof aitp.createCollector>,
  subject: 'manifest' | 'tct',
  now: number,
  verify: () => unknown,
): Report {
  try {
    verify()
  } catch (error) {
    if (!(error instanceof AitpError)) throw error
  }
  const report = collector.report(subject, now)
  return { ...report, checks: [...report.checks] }
}

async function readArtefact(file: string, terminal: Terminal): Promise<string> {
  return file === '-' ? terminal.readStdin() : readInput(file)
}

function readInput(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError(
      'usage',
      `${file} cannot be read (${cause instanceof Error ? cause.message : cause}).`,
      { cause },
    )
  }
}

function readManifest(file: string, context: { now: number; allowLoopbackHttp: boolean }) {
  try {
    return aitp.verifyManifest(readInput(file), context)
  } catch (cause) {
    if (!(cause instanceof AitpError)) throw cause
    throw new AppError(
      'usage',
      `--manifest ${file} does not verify (${cause.code}: ${cause.message}); give a good one or leave it out.`,
      { cause },
    )
  }
}

function aid(option: string, text: string) {
  try {
    return aitp.parseAid(text)
  } catch (cause) {
    throw new AppError('usage', `${option} takes an AID such as aid:pubkey:…, not "${text}".`, { cause })
  }
}

/** Unix seconds. */
function clock(text: string | undefined): number {
  if (text === undefined) return Math.floor(Date.now() / 1000)
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000)
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds
  throw new AppError('usage', `--at takes Unix seconds or an ISO date, not "${text}".`)
}
