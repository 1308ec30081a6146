import { useMemo } from 'react'
import type { RunEvent } from '../../../shared/events.ts'
import type { Exchange } from '../../../shared/exchange.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { isTerminalStatus, type RunRecord } from '../../../shared/run.ts'
import type { RunLogSnapshot } from '../../store/run-log.ts'
import { type Conversation, conversationsOf } from '../sequence/conversations.ts'
import { type Failure, failuresOf } from './failures.ts'
import { namesOf, type Participant, participantsOf } from './participants.ts'

/** Everything the lenses show, derived from the log, the captures and the record and from nothing else. */
export interface RunFacts {
  readonly runId: string
  readonly run: RunRecord
  readonly events: readonly RunEvent[]
  readonly exchanges: readonly Exchange[]
  readonly participants: readonly Participant[]
  readonly names: Names
  readonly conversations: readonly Conversation[]
  readonly failures: readonly Failure[]
  /** Nothing more will happen, and all of it is here. */
  readonly over: boolean
}

export function useRunFacts(run: RunRecord, log: RunLogSnapshot, exchanges: readonly Exchange[]): RunFacts {
  return useMemo(() => {
    const { events } = log
    const participants = participantsOf(run, events, exchanges)
    return {
      runId: run.run_id,
      run,
      events,
      exchanges,
      participants,
      names: namesOf(participants),
      conversations: conversationsOf(exchanges),
      failures: failuresOf(events, exchanges),
      over: isTerminalStatus(run.status) && log.connection === 'ended',
    }
  }, [run, log, exchanges])
}
