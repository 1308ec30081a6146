import { ChevronDown, ChevronRight } from 'lucide-react'
import type { RefCallback } from 'react'
import { duration } from '../../../shared/duration.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { Mark } from '../../components/mark.tsx'
import { offset } from '../../components/time.tsx'
import { isBad, type MessageState, markOf } from '../run/message-state.ts'
import { chooseRow } from './choose-row.ts'
import type { ConversationKind } from './conversations.ts'
import type { SequenceRow } from './sequence-rows.ts'

export interface ItemProps {
  readonly tabIndex: number
  readonly onFocus: () => void
  readonly ref: RefCallback<HTMLElement>
}

interface ConversationLineProps {
  readonly row: Extract<SequenceRow, { kind: 'conversation' }>
  readonly names: Names
  readonly itemProps: ItemProps
}

const words: Record<MessageState, string> = {
  valid: 'accepted',
  unpinned: 'accepted, peer not pinned',
  refused: 'refused',
  lost: 'no answer',
  pending: 'not finished',
  unchecked: 'answered',
}

const titles: Record<ConversationKind, string> = {
  handshake: 'Handshake',
  manifest: 'Manifest',
  capability: 'Call',
  did: 'DID resolution',
  redeem: 'Redemption',
  renew: 'Renewal',
  revocation_list: 'Revocation list',
  enroll: 'Enrolment',
  other: 'Request',
}

export function ConversationLine({ row, names, itemProps }: ConversationLineProps) {
  const { kind, from, to, state, code, messages, durationMs, offsetMs } = row.conversation
  const Chevron = row.folded ? ChevronRight : ChevronDown
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it handles the keys
    <div
      role="treeitem"
      tabIndex={itemProps.tabIndex}
      onFocus={itemProps.onFocus}
      ref={itemProps.ref}
      aria-level={1}
      aria-expanded={!row.folded}
      aria-selected={false}
      className="conversation"
      onClick={() => chooseRow(row)}
    >
      <span className="sequence-gutter">{offset(offsetMs)}</span>
      <span className="conversation-text">
        <Chevron size={16} aria-hidden />
        <strong>{titles[kind]}</strong>
        <span>
          {names.ofId(from)} {kind === 'handshake' ? 'with' : 'to'} {names.ofId(to)}
        </span>
        <span className={isBad(state) ? 'conversation-state tone-refused' : 'conversation-state'}>
          <Mark state={markOf(state)} /> {words[state]}
        </span>
        {code === null ? null : <code className="tone-refused">{code}</code>}
        <span className="muted small">
          {row.folded ? `${messages.length} messages, ` : ''}
          {duration(durationMs)}
        </span>
      </span>
    </div>
  )
}
