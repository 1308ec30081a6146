import type { AppError } from '../../shared/errors.ts'
import type { RunnerEventBody } from '../../shared/events.ts'
import type { HostedAgent } from '../../shared/hosted-agents.ts'
import { giveBack, type Leases, type RunningAgent } from '../hosting/launch-agent.ts'
import type { Worker } from '../hosting/supervisor.ts'
import { tellExit } from '../runner/tell-exit.ts'
import type { RunLog } from '../store/event-log.ts'
import type { RunEnd } from '../store/run-store.ts'
import type { HostedAgentParts } from './hosted-agent-parts.ts'

/** An agent that is hosted, with what is to be given back when it ends. */
export interface Hosting {
  readonly about: HostedAgent
  readonly agent: RunningAgent
  readonly log: RunLog
  readonly traceId: string
  readonly workers: Set<Worker>
  readonly leases: Leases
}

/** Somebody ended it, or it failed. */
export type HostingEnd = 'stopped' | 'cancelled' | AppError

/** Ends the process, gives back what it had, and closes its record, in this order. */
export async function endHosted(
  { supervisor, telemetry, store }: HostedAgentParts,
  { log, workers, leases }: Pick<Hosting, 'log' | 'workers' | 'leases'>,
  how: HostingEnd,
): Promise<void> {
  await supervisor.stopRun(log.runId)
  telemetry.dismissRun(log.runId)
  await giveBack(leases)
  const causeSeq = [log.lastSeq()]
  for (const worker of [...workers]) {
    await tellExit({ workers }, worker, (event) => void log.append(event, { source: 'runner', causeSeq }))
  }
  const { body, ...end } = ending(how)
  log.end(body, { ...end, outputs: store.get(log.runId).outputs, asExpected: null }, [log.lastSeq()])
}

function ending(how: HostingEnd): Pick<RunEnd, 'status' | 'error'> & { readonly body: RunnerEventBody } {
  if (how === 'stopped') return { body: { type: 'run.complete' }, status: 'success', error: null }
  if (how === 'cancelled') return { body: { type: 'run.cancelled' }, status: 'cancelled', error: null }
  const { code, message } = how
  return { body: { type: 'run.failed', error: message, code }, status: 'failed', error: { code, message } }
}
