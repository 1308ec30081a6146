const compactJws = /eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,2}/g

/** Text from elsewhere without the tokens it may carry: a compact JWS, whole or without its signature, is named only. */
export function withoutJws(text: string): string {
  return text.replace(compactJws, '[token]')
}
