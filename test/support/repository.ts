import { join } from 'node:path'

export const repositoryRoot = join(import.meta.dirname, '..', '..')
export const builtCli = join(repositoryRoot, 'out', 'main', 'cli.js')
export const builtGuard = join(repositoryRoot, 'out', 'main', 'guard.js')
export const builtAgents = join(repositoryRoot, 'out', 'agents')
export const shippedScenarios = join(repositoryRoot, 'scenarios')
export const researchAndWrite = 'intra-org/research-and-write@1.0.0'
