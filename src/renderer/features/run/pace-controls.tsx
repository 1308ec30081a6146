import { Pause, Play, StepForward } from 'lucide-react'
import { useEffect } from 'react'
import { Button } from 'react-aria-components'
import { isTyping, usesSpace } from '../../store/shortcuts.ts'
import type { PaceControl } from './use-pace.ts'

/** Pause and resume are one button and one key, so that focus stays where it is. */
export function PaceControls({ control }: { readonly control: PaceControl }) {
  usePaceKeys(control)
  const goes = control.pace.kind === 'going'
  return (
    <>
      {control.error ? (
        <span role="alert" className="tone-refused small">
          {control.error.message}
        </span>
      ) : null}
      <Button className="button" onPress={() => control.toggle()}>
        {goes ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
        {goes ? 'Pause' : 'Resume'}
        <kbd className="shortcut">Space</kbd>
      </Button>
      <Button className="button" onPress={() => control.step()}>
        <StepForward size={14} aria-hidden /> Single step
        <kbd className="shortcut">.</kbd>
      </Button>
    </>
  )
}

function usePaceKeys(control: PaceControl): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event)) return
      if (event.key === '.') control.step()
      else if (event.key === ' ' && !usesSpace(event)) {
        event.preventDefault()
        control.toggle()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [control])
}
