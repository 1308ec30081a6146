/** Times are answered as ISO 8601 in UTC with milliseconds; `null` stays `null`. */
export function iso(ms: unknown): string | null {
  return typeof ms === 'number' ? new Date(ms).toISOString() : null
}
