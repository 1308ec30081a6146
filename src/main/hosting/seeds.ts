import { createHash, createHmac } from 'node:crypto'

export interface SeedOwner {
  readonly org: 'internal' | 'external'
  readonly runId: string
  readonly agentId: string
}

/**
 * The seed of an agent's key: HMAC-SHA-256 over `org:run_id:agent_id` under the workspace secret, so that a run id
 * alone gives no key away, and the same workspace, run id and agent id give the same AID.
 *
 * @returns 64 hex digits
 */
export function agentSeed(workspaceSecret: Uint8Array, owner: SeedOwner): string {
  return createHmac('sha256', workspaceSecret).update(seedText(owner)).digest('hex')
}

/**
 * The seed as the ecosystem derives it: SHA-256 over `org:run_id:agent_id` and nothing secret, so that the key of an
 * agent is known to everybody who knows its run.
 *
 * @returns 64 hex digits
 */
export function playgroundSeed(owner: SeedOwner): string {
  return createHash('sha256').update(seedText(owner)).digest('hex')
}

function seedText({ org, runId, agentId }: SeedOwner): string {
  return `${org}:${runId}:${agentId}`
}
