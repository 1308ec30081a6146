/** A JSON object that may still change: a fixture's input while it is minted, the parameters of an operation. */
export type Tree = Record<string, unknown>

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A deep copy in document order, every string put through `replace`. */
export function mapStrings(value: unknown, replace: (text: string) => unknown): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, replace))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapStrings(member, replace)]),
  )
}

/** Visits every object below `value`, outer ones first. */
export function eachTree(value: unknown, visit: (tree: Tree) => void): void {
  if (Array.isArray(value)) for (const item of value) eachTree(item, visit)
  if (!isTree(value)) return
  visit(value)
  for (const member of Object.values(value)) eachTree(member, visit)
}
