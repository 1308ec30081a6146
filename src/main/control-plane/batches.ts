/** What a Control Plane takes in one request, with room for the wrapper. */
const mostEvents = 500
const mostBytes = 240 * 1024

/** The events in as few requests as a Control Plane accepts, in their order. */
export function batches<Event extends object>(events: readonly Event[]): Event[][] {
  const all: Event[][] = []
  let bytes = 0
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1
    const last = all.at(-1)
    if (last && last.length < mostEvents && bytes + size <= mostBytes) {
      last.push(event)
      bytes += size
    } else {
      all.push([event])
      bytes = size
    }
  }
  return all
}
