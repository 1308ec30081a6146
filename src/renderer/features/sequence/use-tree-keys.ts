import { type KeyboardEvent, useRef, useState } from 'react'
import { setFold } from '../../store/run-view.ts'
import type { SequenceRow } from './sequence-rows.ts'

/** Roving focus over the rows of the sequence: one of them is in the tab order, the arrows move it. */
export function useTreeKeys(rows: readonly SequenceRow[], choose: (row: SequenceRow) => void) {
  const elements = useRef(new Map<string, HTMLElement>())
  const [at, setAt] = useState<string | null>(null)
  const current = rows.some(({ key }) => key === at) ? at : (rows[0]?.key ?? null)

  const focus = (row: SequenceRow | undefined) => {
    if (!row) return
    setAt(row.key)
    elements.current.get(row.key)?.focus()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const index = rows.findIndex(({ key }) => key === current)
    const row = rows[index]
    if (!row) return
    const moves: Record<string, () => void> = {
      ArrowDown: () => focus(rows[index + 1]),
      ArrowUp: () => focus(rows[index - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      Enter: () => choose(row),
      ' ': () => choose(row),
      ArrowRight: () => {
        if (row.kind === 'conversation' && row.folded) setFold(row.key, false)
        else focus(rows[index + 1])
      },
      ArrowLeft: () => {
        if (row.kind === 'message') focus(rows.find(({ key }) => key === row.conversation.id))
        else if (!row.folded) setFold(row.key, true)
      },
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }

  const itemProps = (row: SequenceRow) => ({
    tabIndex: row.key === current ? 0 : -1,
    onFocus: () => setAt(row.key),
    ref: (element: HTMLElement | null) => {
      if (element) elements.current.set(row.key, element)
      else elements.current.delete(row.key)
    },
  })

  return { onKeyDown, itemProps }
}
