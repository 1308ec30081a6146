import { plainLines } from '../base/generate/plain-lines.ts'

export interface ArticleInput {
  readonly topic: string
  readonly findings: string
  readonly style: string
}

const openings: Readonly<Record<string, string>> = {
  academic: 'This note summarises the findings at hand.',
  casual: 'Here is what we have so far.',
  technical: 'Summary of the findings, in the order given.',
}

/** A plain article that carries every finding it was given; the same input gives the same text. */
export function offlineArticle({ topic, findings, style }: ArticleInput): string {
  const points = plainLines(findings)
  return [
    `# ${topic === '' ? 'Article' : topic} (${style})`,
    openings[style] ?? openings['casual'],
    ...(points.length === 0 ? ['There were no findings to write about.'] : points),
    `That is ${points.length === 1 ? 'one point' : `${points.length} points`}${topic === '' ? '' : ` on ${topic}`}. No model was asked for this text.`,
  ].join('\n\n')
}
