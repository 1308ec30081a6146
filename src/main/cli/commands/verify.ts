import { readFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { type Aid, AitpError } from '../../../aitp/index.ts'
import { AppError } from '../../../shared/errors.ts'
import { ladderLines } from '../ladder-lines.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'
import {
  type ArtefactKind,
  artefactKinds,
  type VerifyTerms,
  verifierAitp,
  verifyArtefact,
} from '../verify-artefact.ts'

interface VerifyOptions {
  readonly at?: string
  readonly issuer?: string
  readonly audience?: string
  readonly manifest?: string
  readonly revocations?: string
  readonly trust?: string
  readonly json?: true
}

export function addVerify(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('verify')
    .description('checks one artefact offline and prints its ladder; what is not given is skipped')
    .addArgument(new Argument('<kind>', 'what it is').choices(artefactKinds))
    .argument('<file>', 'the artefact as it was on the wire, or - for standard input')
    .option('--at <time>', 'judge by this clock: Unix seconds or an ISO date (default: now)')
    .option(
      '--issuer <aid>',
      'the AID that must have issued it, that a manifest must show, or of a coordinator',
    )
    .option('--audience <aid>', 'the AID that it must be for; a delegation and a session bundle need it')
    .option('--manifest <file>', 'the manifest of the issuer, or of the coordinator')
    .option('--revocations <file>', 'a revocation list of the issuer')
    .option('--trust <file>', 'a trust file of operators, for its revocation policy')
    .option('--json', 'the report as one JSON object')
    .action(async (kind: ArtefactKind, file: string, options: VerifyOptions) => {
      const text = file === '-' ? await terminal.readStdin() : readInput(file)
      const report = verifyArtefact(kind, text, termsOf(options))
      if (options.json) terminal.write(`${JSON.stringify(report, null, 2)}\n`)
      else for (const line of ladderLines(report)) terminal.write(`${line}\n`)
      if (report.verdict === 'refused') end(1)
    })
}

function termsOf({ at, issuer, audience, manifest, revocations, trust }: VerifyOptions): VerifyTerms {
  const now = clock(at)
  const policy = trust === undefined ? undefined : readTrust(trust).revocation
  return {
    now,
    ...(issuer === undefined ? {} : { issuer: aid('--issuer', issuer) }),
    ...(audience === undefined ? {} : { audience: aid('--audience', audience) }),
    ...(manifest === undefined
      ? {}
      : {
          manifest: verified('--manifest', manifest, (text) =>
            verifierAitp.verifyManifest(text, { now, allowLoopbackHttp: true }),
          ),
        }),
    ...(revocations === undefined
      ? {}
      : {
          // One that is old is for the policy to judge, at the token.
          revocations: verified('--revocations', revocations, (text) =>
            verifierAitp.verifyRevocationList(text, { now, failMode: 'soft_fail' }),
          ),
        }),
    ...(policy === undefined ? {} : { policy }),
  }
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

/** What an artefact is judged by must be good itself. */
function verified<Value>(option: string, file: string, verify: (text: string) => Value): Value {
  const text = readInput(file)
  try {
    return verify(text)
  } catch (cause) {
    if (!(cause instanceof AitpError)) throw cause
    throw new AppError(
      'usage',
      `${option} ${file} does not verify (${cause.code}: ${cause.message}); give a good one or leave it out.`,
      { cause },
    )
  }
}

function readTrust(file: string) {
  const text = readInput(file)
  try {
    return verifierAitp.parseTrustConfig(text)
  } catch (cause) {
    throw new AppError(
      'usage',
      `--trust ${file} is no trust file (${cause instanceof Error ? cause.message : cause}).`,
      { cause },
    )
  }
}

function aid(option: string, text: string): Aid {
  try {
    return verifierAitp.parseAid(text)
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
