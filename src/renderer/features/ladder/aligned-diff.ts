/** One column of two texts laid over each other; a blank stands where one of them has nothing. */
export interface Column {
  readonly expected: string
  readonly actual: string
  readonly differs: boolean
}

/**
 * Two texts aligned character by character: what they share at the beginning and at the end stands over itself, and
 * between these the shorter one is filled up.
 */
export function align(expected: string, actual: string): readonly Column[] {
  const one = [...expected]
  const two = [...actual]
  const shorter = Math.min(one.length, two.length)
  let head = 0
  while (head < shorter && one[head] === two[head]) head += 1
  let tail = 0
  while (tail < shorter - head && one[one.length - 1 - tail] === two[two.length - 1 - tail]) tail += 1

  const middle = Math.max(one.length, two.length) - head - tail
  const columns: Column[] = []
  for (let at = 0; at < head + middle + tail; at += 1) {
    const fromEnd = head + middle + tail - at
    const left =
      at < head + middle ? (at < one.length - tail ? one[at] : undefined) : one[one.length - fromEnd]
    const right =
      at < head + middle ? (at < two.length - tail ? two[at] : undefined) : two[two.length - fromEnd]
    columns.push({ expected: left ?? ' ', actual: right ?? ' ', differs: left !== right })
  }
  return columns
}

/** Columns in lines of one width, so that both texts break at the same place. */
export function linesOf(columns: readonly Column[], width: number): readonly (readonly Column[])[] {
  const lines: Column[][] = []
  for (let at = 0; at < columns.length; at += width) lines.push(columns.slice(at, at + width))
  return lines
}

export interface Piece {
  readonly text: string
  readonly differs: boolean
}

/** Neighbouring columns that agree in differing, as one text. */
export function pieces(line: readonly Column[], side: 'expected' | 'actual'): readonly Piece[] {
  const found: { text: string; differs: boolean }[] = []
  for (const column of line) {
    const last = found.at(-1)
    if (last?.differs === column.differs) last.text += column[side]
    else found.push({ text: column[side], differs: column.differs })
  }
  return found
}
