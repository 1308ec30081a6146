import type { RunEvent } from '../events.ts'
import { createLearntNames } from './names.ts'
import { inPlainWords } from './plain.ts'
import { sections } from './sections.ts'
import { inTerms } from './terms.ts'
import type { Voice } from './voice.ts'

/** Tells the events of one run, in their order, one line each. */
export function createNarrator(voice: Voice): (event: RunEvent) => string {
  if (voice === 'terms') return inTerms
  const names = createLearntNames()
  return (event) => {
    names.learn(event)
    const section = sections[event.type]
    return `${inPlainWords(event, names)}${section === null ? '' : ` [${section}]`}`
  }
}

/** The whole run, one line an event, and a closing line that counts. */
export function narrateRun(events: readonly RunEvent[], status: string, voice: Voice): string {
  const lines = events.map(createNarrator(voice))
  const closing =
    voice === 'terms'
      ? `[run] status=${status} events=${events.length} narrated=${lines.length}`
      : `The run is ${status}; this told its ${events.length} events.`
  return `${[...lines, closing].join('\n')}\n`
}
