import type { RunRecord } from '../../src/shared/run.ts'
import * as runs from '../support/recorded-runs.ts'
import { accepted, type Recording } from './recorded-run.ts'

const moments = ['created_at', 'ts', 'iat', 'exp', 'expires_at']

export const delegationChain = logOf(runs.delegationChain, 'Delegation')
export const delegationMultihop = logOf(runs.delegationMultihop, 'Two delegations')
export const tctRenewal = logOf(runs.tctRenewal, 'Renewal')
export const keyRotation = logOf(runs.keyRotation, 'Key rotation')
export const revocationDemo = logOf(runs.revocationDemo, 'Revocation')

/** A run of which only the log is kept, moved to the time of the other recordings and under a label. */
function logOf(recorded: RunRecord, label: string): Recording {
  const earlier = Math.round(recorded.created_at - accepted.run.created_at)
  const run: RunRecord = JSON.parse(JSON.stringify(recorded), (name, value) =>
    moments.includes(name) && typeof value === 'number' ? value - earlier : value,
  )
  for (const event of run.events) delete event.exchange_id
  return { run: { ...run, run_label: label }, exchanges: [] }
}
