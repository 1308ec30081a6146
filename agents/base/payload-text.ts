/** The text in a payload: a string as it is, an object's member of one of these names, else the whole as JSON. */
export function payloadText(payload: unknown, members: readonly string[]): string {
  if (payload === null || payload === undefined) return ''
  if (typeof payload === 'string') return payload.trim()
  if (typeof payload === 'object') {
    for (const name of members) {
      const value = (payload as Record<string, unknown>)[name]
      if (typeof value === 'string') return value.trim()
    }
  }
  return JSON.stringify(payload)
}
