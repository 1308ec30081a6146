import type { RunStatus } from '../../shared/run.ts'
import type { RunContext } from './run-context.ts'

/**
 * Whether a run came to what its scenario says it should: the status, and for a success that no assertion was left
 * unmet. `null` where the scenario says nothing, and for a run that was not let go to its end.
 */
export function asExpected(
  { scenario, log }: Pick<RunContext, 'scenario' | 'log'>,
  status: RunStatus,
): boolean | null {
  const { expected } = scenario.scenario.spec
  if (expected === undefined || (status !== 'success' && status !== 'failed')) return null
  if (status !== expected.status) return false
  return status === 'failed' || !log.after(0).some(({ type }) => type === 'step.assertion_failed')
}
