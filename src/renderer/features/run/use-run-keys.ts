import { useEffect } from 'react'
import { flushSync } from 'react-dom'
import { lenses, nothingSelected, select, setLens, useRunView } from '../../store/run-view.ts'
import { isTyping } from '../../store/shortcuts.ts'
import { nextFailure } from './failures.ts'
import type { RunFacts } from './run-facts.ts'

/** The keys of a run: lenses, the next failure with its checks, closing the inspector. */
export function useRunKeys(facts: RunFacts): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event)) return
      const lens = lenses[Number(event.key) - 1]
      if (lens) setLens(lens)
      else if (Number(event.key) === lenses.length + 1)
        document.querySelector<HTMLElement>('.inspector [role="tab"][tabindex="0"]')?.focus()
      else if (event.key === ']') openFailure(facts, 1)
      else if (event.key === '[') openFailure(facts, -1)
      else if (event.key === 'Escape') select(nothingSelected)
      else if (event.key === '/') {
        event.preventDefault()
        focusFilter()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [facts])
}

export function openFailure({ failures }: RunFacts, step: 1 | -1): void {
  const failure = nextFailure(failures, useRunView.getState().selection, step)
  if (!failure) return
  select(failure, 'checks')
  if (failure.exchangeId === null) setLens('timeline')
}

/** The filter lives in the timeline, which must be there before the next key is pressed. */
function focusFilter(): void {
  flushSync(() => setLens('timeline'))
  document.querySelector<HTMLElement>('.timeline-filter input')?.focus()
}
