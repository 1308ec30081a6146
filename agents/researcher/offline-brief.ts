import { keyTerms } from '../base/generate/key-terms.ts'

/** Five bullets about the topic, made from its own words; the same topic gives the same text. */
export function offlineBrief(topic: string): string {
  const terms = keyTerms(topic)
  const [first = topic, second = first] = terms
  return [
    `- Question: what is known about ${topic}? No model was asked; this text is put together from the topic itself.`,
    `- Scope: the topic names ${terms.length === 1 ? 'one term' : `${terms.length} terms`}: ${terms.join(', ')}.`,
    `- To settle first: what counts as ${first}, and who decides that.`,
    `- To compare next: ${first} with and without ${second === first ? 'it' : second}, by the same measure.`,
    `- Open: which evidence about ${topic} would change the conclusion.`,
  ].join('\n')
}

/** Four Markdown sections about the topic, made from its own words; the same topic gives the same text. */
export function offlineReport(topic: string): string {
  const terms = keyTerms(topic)
  return [
    `# ${topic}`,
    `## Background\n\nThe topic names ${terms.join(', ')}.`,
    `## Findings\n\n${offlineBrief(topic)}`,
    `## Open questions\n\n${terms.map((term) => `- What is known about ${term}, and from whom?`).join('\n')}`,
    '## Sources\n\n- None: no model was asked, and nothing was looked up.',
  ].join('\n\n')
}
