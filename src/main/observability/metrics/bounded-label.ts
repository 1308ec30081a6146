const mostValues = 64
const plain = /^[A-Za-z0-9_.:-]{1,100}$/

/** What every value becomes that is no plain name, or that comes when there are too many already. */
export const otherValue = 'other'

/**
 * Keeps a label to a bounded number of plain values, the first that come: agents choose their names, and each value of a
 * label costs memory here and wherever it is scraped.
 */
export function createBoundedLabel(): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= mostValues || !plain.test(value)) return otherValue
    known.add(value)
    return value
  }
}
