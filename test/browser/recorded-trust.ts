import type { RunRecord } from '../../src/shared/run.ts'
import * as runs from '../support/recorded-runs.ts'
import { accepted, type Recording } from './recorded-run.ts'

const moments = ['created_at', 'ts', 'iat', 'exp', 'expires_at']

export const delegationChain = logOf(runs.delegationChain)
export const delegationMultihop = logOf(runs.delegationMultihop)
export const tctRenewal = logOf(runs.tctRenewal)
export const keyRotation = logOf(runs.keyRotation)
export const revocationDemo = logOf(runs.revocationDemo)

/** A run of which only the log is kept, moved to the time of the other recordings. */
function logOf(recorded: RunRecord): Recording {
  const earlier = Math.round(recorded.created_at - accepted.run.created_at)
  const run: RunRecord = JSON.parse(JSON.stringify(recorded), (name, value) =>
    moments.includes(name) && typeof value === 'number' ? value - earlier : value,
  )
  for (const event of run.events) delete event.exchange_id
  return { run, exchanges: [] }
}
