import type { RequestHandler } from 'express'
import { readSignature } from '../control-plane/delivery.ts'
import type { WebhookDesk } from '../control-plane/webhook-desk.ts'
import { bytesReader } from './bodies.ts'

/** Takes what a Control Plane reports to a run. */
export function webhookRoute(webhooks: WebhookDesk): RequestHandler[] {
  return [
    ...bytesReader,
    (request, response) => {
      webhooks.receive(String(request.params['run_id']), {
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        signature: readSignature(request.get('x-aitp-signature')),
        eventType: request.get('x-aitp-event') || null,
        deliveryId: request.get('x-aitp-delivery') || null,
      })
      response.json({ ok: true })
    },
  ]
}
