const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const

/** The largest two digits that matter: `3 d`, `42 min`, `1.24 s`, `380 ms`. */
export function duration(ms: number): string {
  for (const [size, unit] of units) if (ms >= size) return `${Math.floor(ms / size)} ${unit}`
  if (ms >= 10_000) return `${Math.round(ms / 1_000)} s`
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${Math.round(ms)} ms`
}
