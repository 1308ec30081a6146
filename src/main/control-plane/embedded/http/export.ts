import { type Answer, json } from './route.ts'

/** `format=jsonl` gives the lines as a file, anything else one JSON object (control-plane.md §3.7). */
export function exportAnswer(
  query: URLSearchParams,
  name: string,
  whole: Record<string, unknown>,
  lines: () => string,
): Answer {
  if (query.get('format') !== 'jsonl') return json(whole)
  return {
    status: 200,
    text: lines(),
    type: 'application/x-ndjson',
    headers: { 'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.jsonl"` },
  }
}

/** One `{kind, record}` a line, kind after kind. */
export function asJsonLines(records: Readonly<Record<string, readonly unknown[]>>): string {
  return Object.entries(records)
    .flatMap(([kind, list]) => list.map((record) => `${JSON.stringify({ kind, record })}\n`))
    .join('')
}
