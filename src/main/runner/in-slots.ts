/**
 * Works on the items in their order, at most `slots` at a time. When one fails no further one is begun; those under way
 * settle first, then the first failure is thrown.
 */
export async function inSlots<Item>(
  items: readonly Item[],
  slots: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const failures: unknown[] = []
  const workNext = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift()) {
      await work(item).catch((error: unknown) => void failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(slots, items.length) }, workNext))
  if (failures.length > 0) throw failures[0]
}
