import type { Command } from 'commander'
import { createAitp } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import { printable } from '../../../shared/printable.ts'
import { manifestPath } from '../../trust/discovery.ts'
import { ladderLines } from '../ladder-lines.ts'
import type { ExitCode } from '../outcome.ts'
import { type ProbedExchange, type ProbeOutcome, probe } from '../probe.ts'
import type { Terminal } from '../terminal.ts'

interface ProbeOptions {
  readonly pin?: string
  readonly json?: true
}

export function addProbe(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('probe')
    .description('shakes hands with an agent anywhere and prints every check')
    .argument('<url>', 'the origin of the agent, or the address of its manifest')
    .option('--pin <aid>', 'the AID it must show; without one nothing says who it is')
    .option('--json', 'the outcome as one JSON object')
    .action(async (url: string, options: ProbeOptions) => {
      const { paths, environment, version, interrupt } = terminal
      const outcome = await probe({
        manifestUrl: manifestUrl(url),
        pin: options.pin === undefined ? null : requireAid(options.pin),
        agentsDir: paths.agents,
        guardFile: paths.guard,
        environment,
        version,
        interrupt,
      })
      if (options.json) terminal.write(`${JSON.stringify(outcome, null, 2)}\n`)
      else for (const line of outcomeLines(outcome)) terminal.write(`${printable(line)}\n`)
      if (outcome.verdict === 'refused') end(1)
    })
}

function outcomeLines({ exchanges, verdict, refusal, peer_aid, pinned, grants }: ProbeOutcome): string[] {
  const known = pinned ? 'the AID that was pinned' : 'not pinned: nobody vouches for it; --pin does'
  return [
    ...exchanges.flatMap(exchangeLines),
    verdict === 'established'
      ? `Established with ${peer_aid} (${known}), which grants ${grants.join(', ')}.`
      : `REFUSED ${refusal?.code}${refusal?.check ? ` at check ${refusal.check}` : ''}: ${refusal?.message}`,
  ]
}

function exchangeLines({ by, method, url, status, error, report }: ProbedExchange): string[] {
  const answer = status === null ? `no answer (${error?.message ?? 'lost'})` : String(status)
  return [
    `${by === 'probe' ? '→' : '←'} ${method} ${url}  ${answer}`,
    ...(report === null || report.checks.length === 0 ? [] : ladderLines(report).map((line) => `  ${line}`)),
    '',
  ]
}

function manifestUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError('usage', `probe takes an address such as http://127.0.0.1:8100, not "${text}".`)
  }
  return url.pathname === '/' ? `${url.origin}${manifestPath}` : url.href
}

function requireAid(text: string): string {
  try {
    return createAitp(nodeEngine).parseAid(text)
  } catch (cause) {
    throw new AppError('usage', `--pin takes an AID such as aid:pubkey:…, not "${text}".`, { cause })
  }
}
