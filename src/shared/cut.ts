/** Head and tail of a long value in fixed widths, so that equal values look equal. */
export function cutMiddle(value: string, head = 12, tail = 6): string {
  const points = [...value]
  return points.length <= head + tail + 1
    ? value
    : `${points.slice(0, head).join('')}…${points.slice(-tail).join('')}`
}

/** An AID keeps its scheme out of the cut: what differs is the key. */
export function cutAid(aid: string): string {
  const key = aid.replace(/^aid:pubkey:(?:p256:)?/, '')
  return key === aid ? cutMiddle(aid) : `aid:…${cutMiddle(key, 6, 6)}`
}
