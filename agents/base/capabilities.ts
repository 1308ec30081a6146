import { WorkerError } from './refusal.ts'

export interface CapabilityRequest {
  readonly payload: unknown
  /** The verified AID of the caller; `null` when the agent runs the capability itself. */
  readonly commissionedBy: string | null
}

/** What a worker can do, by capability name. */
export type Capabilities = Readonly<Record<string, (request: CapabilityRequest) => Promise<unknown>>>

export async function runCapability(
  capabilities: Capabilities,
  name: string,
  request: CapabilityRequest,
): Promise<unknown> {
  const handle = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined
  if (!handle) throw new WorkerError(404, 'not_found', `this agent has no capability ${name}`)
  return handle(request)
}
