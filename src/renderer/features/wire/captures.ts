import type { Body, ExchangeDetail, Message, StoredCapture } from '../../../shared/exchange.ts'

/** One side's view of one message. */
export interface Sight {
  readonly capture: StoredCapture
  readonly headers: StoredCapture['request']['headers']
  readonly body: Body
}

/** Who saw a message, its sender first. A side that did not report, or got no response, is not in the list. */
export function sightsOf(exchange: ExchangeDetail, { direction }: Message): readonly Sight[] {
  const { client, server } = exchange
  const sides = direction === 'request' ? [client, server] : [server, client]
  return sides.flatMap((capture) => {
    const part = capture && (direction === 'request' ? capture.request : capture.response)
    return capture && part ? [{ capture, headers: part.headers, body: part.body }] : []
  })
}

export function bytesText(bytes: number): string {
  return bytes < 1_024 ? `${bytes} bytes` : `${(bytes / 1_024).toFixed(1)} KiB`
}
