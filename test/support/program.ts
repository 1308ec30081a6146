import { join } from 'node:path'
import { runProgram } from '../../src/main/cli/program.ts'
import { temporaryFolder } from './folders.ts'
import { builtAgents, builtGuard, shippedScenarios } from './repository.ts'

/**
 * Runs one command line in this process, in a data folder of its own unless `environment` names one. What goes on until
 * Ctrl-C ends at once when `interrupt` is aborted already.
 */
export async function program(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  interrupt = new AbortController().signal,
) {
  const home = join(temporaryFolder(), 'home')
  let stdout = ''
  const stderr: string[] = []
  const code = await runProgram(args, {
    version: '0.0.0-test',
    paths: { scenarios: shippedScenarios, agents: builtAgents, guard: builtGuard, pages: builtAgents },
    environment: { AITP_CONSOLE_HOME: home, AGENT_BASE_PORT: '0', PATH: process.env['PATH'], ...environment },
    write: (text) => {
      stdout += text
    },
    tell: (line) => stderr.push(line),
    readStdin: async () => '',
    interrupt,
  })
  return { code, stdout, stderr, home }
}
