/** What a Control Plane takes in one request, with room for the wrapper. */
const mostEvents = 500
const mostBytes = 240 * 1024
/** What it takes of one event, in characters of JSON (control-plane.md §3.2). */
const longestEvent = 65_536

/** Lengths that texts of an event which is too long are cut to; the last one leaves room for any id. */
const textLengths = [4_096, 512, 160] as const
/** What is left of a list or an object when short texts alone do not help, in characters of JSON. */
const longestMember = 2_048

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

/** The event as it is, or cut and marked `truncated` where it is longer than a Control Plane takes. */
export function fitted<Event extends object>(event: Event): Event {
  if (fits(event)) return event
  for (const length of textLengths) {
    const cut = { ...withTextsOf(event, length), truncated: true }
    if (fits(cut)) return cut
  }
  const cut = withTextsOf(event, textLengths[2])
  const small = Object.entries(cut).filter(([, value]) => JSON.stringify(value).length <= longestMember)
  return { ...(Object.fromEntries(small) as Event), truncated: true }
}

function fits(event: object): boolean {
  return JSON.stringify(event).length <= longestEvent
}

function withTextsOf<Event extends object>(event: Event, length: number): Event {
  return JSON.parse(
    JSON.stringify(event, (_key, value: unknown) =>
      typeof value === 'string' && value.length > length ? `${value.slice(0, length)}…` : value,
    ),
  )
}
