import type { ShownRecord } from '../../api/control-plane-queries.ts'

export interface Hop {
  readonly record: ShownRecord
  /** 0 for a delegation of a token that the delegator holds itself. */
  readonly depth: number
}

/** Delegations in the order of a tree: each below the one it came from, whatever order they were told in. */
export function inTreeOrder(records: readonly ShownRecord[]): readonly Hop[] {
  const byParent = Map.groupBy(records, ({ parentJti }) => parentJti)
  const ids = new Set(records.map(({ jti }) => jti))
  const placed = new Set<ShownRecord>()
  const place = (record: ShownRecord, depth: number): readonly Hop[] => {
    if (placed.has(record)) return []
    placed.add(record)
    const below = byParent.get(record['jti']) ?? []
    return [{ record, depth }, ...below.flatMap((child) => place(child, depth + 1))]
  }
  const roots = records.filter(({ parentJti }) => !ids.has(parentJti))
  // What is left hangs in a circle, and is shown all the same.
  return [...roots, ...records].flatMap((record) => place(record, 0))
}
