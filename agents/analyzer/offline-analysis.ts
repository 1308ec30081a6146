import { keyTerms } from '../base/generate/key-terms.ts'
import { plainLines } from '../base/generate/plain-lines.ts'

const mostPoints = 3

/** The first lines of a text as bullets; the same text gives the same summary. */
export function offlineSummary(input: string): string {
  const points = plainLines(input).slice(0, mostPoints)
  return (points.length === 0 ? ['There was nothing to analyse.'] : points)
    .map((point) => `- ${point}`)
    .join('\n')
}

/** Two risks made from the words of a summary. */
export function offlineRisks(summary: string): string {
  const points = plainLines(summary)
  const [first = 'the subject', second = first] = keyTerms(points.join(' '))
  return [
    `- ${first}: the summary rests on ${points.length === 1 ? 'one point' : `${points.length} points`}; one that is wrong changes the conclusion.`,
    `- ${second}: no model was asked, so nothing beyond the text itself was weighed.`,
  ].join('\n')
}
