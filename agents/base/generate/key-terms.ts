const fillers = new Set(
  'a an and are as at be by for from how in is it its of on or over that the this to what when which who why with'.split(
    ' ',
  ),
)

/** The words of a text that carry it, each once, in order; the whole text when it has none. */
export function keyTerms(text: string, most = 6): string[] {
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []
  const terms = new Map(
    words.filter((word) => !fillers.has(word.toLowerCase())).map((word) => [word.toLowerCase(), word]),
  )
  const kept = [...terms.values()].slice(0, most)
  return kept.length === 0 ? [text] : kept
}
