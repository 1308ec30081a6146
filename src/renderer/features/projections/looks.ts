import type { Difference, ProjectionRow, SentBatch } from '../../../shared/projections.ts'
import type { MarkState } from '../../components/mark.tsx'

interface Look {
  readonly state: MarkState
  readonly word: string
}

export const differenceLooks: Readonly<Record<Difference, Look>> = {
  same: { state: 'valid', word: 'As it happened' },
  not_sent: { state: 'skipped', word: 'Not sent' },
  refused: { state: 'refused', word: 'Refused' },
  lost: { state: 'refused', word: 'Lost' },
  not_projected: { state: 'expiring', word: 'Stored, not shown' },
  without_parties: { state: 'unpinned', word: 'Shown without parties' },
  different: { state: 'refused', word: 'Shown otherwise' },
  gone: { state: 'expired', word: 'Gone' },
  unknown_here: { state: 'unpinned', word: 'Unknown here' },
}

export const kindNames: Readonly<Record<ProjectionRow['kind'], string>> = {
  session: 'Session',
  tct: 'Token (TCT)',
  delegation: 'Delegation',
  revocation: 'Revocation',
  webhook: 'Webhook',
}

export function batchLook({ status }: SentBatch): Look {
  if (status === null) return { state: 'refused', word: 'no answer' }
  return status < 300
    ? { state: 'valid', word: `taken, ${status}` }
    : { state: 'refused', word: `refused, ${status}` }
}

export function eventsOf({ first_seq, last_seq }: SentBatch): string {
  return first_seq === last_seq ? `event ${first_seq}` : `events ${first_seq} to ${last_seq}`
}
