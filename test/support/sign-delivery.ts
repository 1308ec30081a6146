import { createHmac } from 'node:crypto'

/** The headers under which a Control Plane delivers these bytes (control-plane.md §6). */
export function deliveryHeaders(
  body: string,
  secret: string,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-aitp-event': 'handshake.complete',
    'x-aitp-delivery': 'delivery-1',
    'x-aitp-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    ...changes,
  }
}
