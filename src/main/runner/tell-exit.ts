import type { RunnerEventBody } from '../../shared/events.ts'
import type { EndCause, Worker } from '../hosting/supervisor.ts'
import type { RunContext } from './run-context.ts'

type Exited = Extract<RunnerEventBody, { type: 'agent.exited' }>

/** Waits for the end of a worker and has it told, once. */
export async function tellExit(
  { workers }: Pick<RunContext, 'workers'>,
  worker: Worker,
  tell: (event: Exited, cause: EndCause) => void,
): Promise<void> {
  const { exit, cause } = await worker.ended
  if (!workers.delete(worker)) return
  tell(
    {
      type: 'agent.exited',
      agent_id: worker.agentId,
      pid: worker.pid,
      exit_code: exit.code,
      signal: exit.signal,
      cause,
    },
    cause,
  )
}
