import type { Names } from '../../../shared/narration/names.ts'
import { Mark } from '../../components/mark.tsx'
import { MiniLadder } from '../ladder/mini-ladder.tsx'
import { isBad, markOf, messageState, outcomeWord, type SequenceMessage } from '../run/message-state.ts'
import type { Participant } from '../run/participants.ts'
import { percent, spanOf } from './layout.ts'

interface ArrowProps {
  readonly item: SequenceMessage
  readonly participants: readonly Participant[]
  readonly names: Names
}

/** A captured message between two lifelines. A refused one ends in a bar before the lifeline it did not get past. */
export function Arrow({ item: { message }, participants, names }: ArrowProps) {
  const { left, width, rightward } = spanOf(message.from, message.to, participants)
  const state = messageState(message)
  const bad = isBad(state)
  return (
    <span
      className={`arrow ${state} ${rightward ? 'rightward' : 'leftward'}`}
      style={{ left: percent(left), width: percent(width) }}
    >
      <span className="arrow-kind">{message.kind}</span>
      <span className="visually-hidden">
        from {names.ofId(message.from)} to {names.ofId(message.to)}
      </span>
      <svg className="arrow-line" aria-hidden="true" preserveAspectRatio="none">
        <line x1="0" y1="6" x2="100%" y2="6" />
      </svg>
      <svg className="arrow-head" viewBox="0 0 12 12" aria-hidden="true">
        {bad ? <path d="M6 0v12" /> : <path d="M2 1l8 5-8 5" />}
      </svg>
      <span className="arrow-outcome">
        {state === 'unchecked' ? null : <Mark state={markOf(state)} />}
        <span className={bad ? 'tone-refused' : state === 'pending' ? 'tone-pending' : ''}>
          {outcomeWord(message)}
        </span>
        {message.code === null ? null : <code className="tone-refused">{message.code}</code>}
        {message.verdict === null || state === 'unchecked' ? null : (
          <MiniLadder report={message.verdict.report} />
        )}
      </span>
    </span>
  )
}
