import express, { type RequestHandler } from 'express'
import { readSignature } from '../control-plane/delivery.ts'
import type { WebhookDesk } from '../control-plane/webhook-desk.ts'

const bodyLimit = '1mb'

/** Takes what a Control Plane reports to a run, by its bytes: a signature is over those. */
export function webhookRoute(webhooks: WebhookDesk): RequestHandler<{ run_id: string }>[] {
  return [
    express.raw({ limit: bodyLimit, type: () => true, inflate: false }),
    (request, response) => {
      webhooks.receive(request.params.run_id, {
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        signature: readSignature(request.get('x-aitp-signature')),
        eventType: request.get('x-aitp-event') || null,
        deliveryId: request.get('x-aitp-delivery') || null,
      })
      response.json({ ok: true })
    },
  ]
}
