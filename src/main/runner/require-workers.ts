import { existsSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import type { ResolvedScenario } from '../registry/index.ts'
import { workerFile } from './start-agents.ts'

/** A worker that is not there is told before anything starts. */
export function requireWorkers({ manifests }: ResolvedScenario, agentsDir: string): void {
  for (const [agentId, manifest] of Object.entries(manifests)) {
    const { type, value } = manifest.spec.entrypoint
    if (type === 'command') {
      throw new AppError(
        'programs_not_allowed',
        `Agent ${agentId} is to be the program ${value}, and this version starts no programs of scenarios.`,
      )
    }
    if (existsSync(workerFile(agentsDir, value))) continue
    throw new AppError(
      'agent_manifest_not_found',
      `Agent ${agentId} is to be the worker ${value}, and there is no such worker.`,
    )
  }
}
