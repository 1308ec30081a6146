import { StateCell } from './cells.tsx'

interface PinStateProps {
  readonly aid: string | null
  readonly pinned: string | null
}

/** Whether somebody is who was named in advance; green only for the very same. */
export function PinState({ aid, pinned }: PinStateProps) {
  if (pinned === null) return <StateCell state="unpinned">not pinned</StateCell>
  if (aid === null) return <StateCell state="pending">pinned, not seen yet</StateCell>
  return aid === pinned ? (
    <StateCell state="valid">the pinned one</StateCell>
  ) : (
    <StateCell state="refused">not the pinned one</StateCell>
  )
}
