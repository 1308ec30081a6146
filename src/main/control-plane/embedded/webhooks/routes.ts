import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { parseBody } from '../http/body.ts'
import { paging } from '../http/query.ts'
import { type Answer, json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { Refusal } from '../refusal.ts'
import type { Breakers } from './breaker.ts'
import { checkReceiver } from './url-guard.ts'
import type { Delivery, Webhook, WebhookStore } from './webhook-store.ts'

/** What is no text is left out. */
const Events = z
  .array(z.unknown())
  .transform((events) => events.filter((event): event is string => typeof event === 'string'))
const Secret = z.string().min(1).max(255)
const Changes = {
  url: z.string().min(1).max(2048),
  events: Events.nullable().optional(),
  secret: Secret.nullable().optional(),
  active: z.boolean().optional(),
}
const NewWebhook = z.object(Changes)
const WebhookPatch = z.object({ ...Changes, url: Changes.url.optional() })

/** Who is told what happens (control-plane.md §3.8). The secret is shown once, when it is made. */
export function webhookRoutes(
  { settings, audit, now }: Context,
  store: WebhookStore,
  breakers: Breakers,
): Route[] {
  function one({ params }: Question): Webhook {
    const webhook = store.find(params['id'] ?? '')
    if (webhook === null) throw new Refusal('NOT_FOUND', `There is no webhook ${params['id']}.`)
    return webhook
  }

  async function patch(question: Question): Promise<Answer> {
    const webhook = one(question)
    const changes = parseBody(WebhookPatch, question.text)
    if (changes.url !== undefined) await checkReceiver(changes.url, settings.webhooks)
    const { url = webhook.url, active = webhook.active } = changes
    const events = changes.events ?? webhook.events
    const secret = changes.secret ?? webhook.secret
    const updated = { ...webhook, url, events, secret, active, updatedAt: now() }
    store.update(updated)
    const told = changes.secret ? { ...changes, secret: '(replaced)' } : changes
    audit.record('webhook.update', question, webhook.id, told)
    const { id, updatedAt } = updated
    return json({ id, url, events, active, updatedAt: iso(updatedAt) })
  }

  const breakerPath = '/api/webhooks/:id/circuit-breaker'
  return [
    {
      method: 'GET',
      path: '/api/webhooks',
      access: 'key',
      answer: () => json({ webhooks: store.list().map(webhookRecord) }),
    },
    {
      method: 'POST',
      path: '/api/webhooks',
      access: 'key',
      idempotency: 'webhooks.create',
      answer: async (question) => {
        const asked = parseBody(NewWebhook, question.text)
        await checkReceiver(asked.url, settings.webhooks)
        const at = now()
        const webhook: Webhook = {
          id: randomUUID(),
          url: asked.url,
          events: asked.events ?? [],
          secret: asked.secret ?? randomBytes(16).toString('hex'),
          active: asked.active ?? true,
          createdAt: at,
          updatedAt: at,
        }
        store.insert(webhook)
        const { id, url, events, secret, active, createdAt } = webhook
        audit.record('webhook.create', question, id, { url, events, active })
        return json({ id, url, events, secret, active, createdAt: iso(createdAt) }, 201)
      },
    },
    {
      method: 'GET',
      path: '/api/webhooks/:id',
      access: 'key',
      answer: (question) => json(webhookRecord(one(question))),
    },
    { method: 'PATCH', path: '/api/webhooks/:id', access: 'key', answer: patch },
    // The ecosystem's web console updates with PUT (D-05).
    { method: 'PUT', path: '/api/webhooks/:id', access: 'key', answer: patch },
    {
      method: 'DELETE',
      path: '/api/webhooks/:id',
      access: 'key',
      answer: (question) => {
        const { id } = one(question)
        store.remove(id)
        breakers.reset(id)
        audit.record('webhook.delete', question, id)
        return json({ id, deleted: true })
      },
    },
    {
      method: 'GET',
      path: '/api/webhooks/:id/deliveries',
      access: 'key',
      answer: (question) => {
        const { id } = one(question)
        const deliveries = store.deliveriesOf(id, paging(question.query, { limit: 100, most: 1000 }))
        return json({ deliveries: deliveries.map(deliveryRecord), count: deliveries.length })
      },
    },
    {
      method: 'GET',
      path: breakerPath,
      access: 'key',
      answer: ({ params }) => json(breakers.snapshot(params['id'] ?? '')),
    },
    {
      method: 'POST',
      path: `${breakerPath}/reset`,
      access: 'key',
      answer: (question) => {
        const id = question.params['id'] ?? ''
        audit.record('webhook.circuit-breaker.reset', question, id)
        return json(breakers.reset(id))
      },
    },
  ]
}

function webhookRecord({ secret: _, createdAt, updatedAt, ...webhook }: Webhook): Record<string, unknown> {
  return { ...webhook, createdAt: iso(createdAt), updatedAt: iso(updatedAt) }
}

function deliveryRecord({
  deliveredAt,
  nextRetryAt,
  createdAt,
  ...delivery
}: Delivery): Record<string, unknown> {
  return {
    ...delivery,
    deliveredAt: iso(deliveredAt),
    nextRetryAt: iso(nextRetryAt),
    createdAt: iso(createdAt),
  }
}
