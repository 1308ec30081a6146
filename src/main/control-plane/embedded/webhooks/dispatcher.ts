import { createHmac, randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import type { StoredEvent } from '../events/event-bus.ts'
import { liveRecord } from '../events/event-store.ts'
import { Refusal } from '../refusal.ts'
import type { Breakers } from './breaker.ts'
import { post } from './post.ts'
import { checkReceiver } from './url-guard.ts'
import type { Delivery, Outcome, Webhook, WebhookStore } from './webhook-store.ts'

/** Only these are ever delivered, whatever somebody subscribes to (control-plane.md §6). */
export const deliverableTypes: readonly string[] = [
  'agent.registered',
  'agent.expired',
  'agent.deregistered',
  'handshake.complete',
  'handshake.failed',
  'tct.revoked',
]

const reapEveryMs = 60_000
const mostDue = 500
const atOnce = 8
const firstWaitMs = 30_000
const jitterMs = 30_000

/** Tells receivers what happened, and tells them again when they did not take it. */
export interface Dispatcher {
  /** Tries everything that is due. */
  reap(): Promise<void>
  close(): Promise<void>
}

export function createDispatcher(
  { bus, settings, now, log }: Pick<Context, 'bus' | 'settings' | 'now' | 'log'>,
  store: WebhookStore,
  breakers: Breakers,
): Dispatcher {
  const { webhooks } = settings
  const going = new Map<string, Promise<void>>()
  let isClosed = false

  function enqueue(webhook: Webhook, event: StoredEvent): void {
    const id = randomUUID()
    const body = JSON.stringify({
      deliveryId: id,
      eventType: event.type,
      payload: liveRecord(event),
      enqueuedAt: new Date(now()).toISOString(),
    })
    store.enqueue({
      id,
      webhookId: webhook.id,
      eventType: event.type,
      body,
      signature: createHmac('sha256', webhook.secret).update(body).digest('hex'),
      status: 'pending',
      attempts: 0,
      statusCode: null,
      error: null,
      deliveredAt: null,
      nextRetryAt: null,
      createdAt: now(),
    })
  }

  const unsubscribe = bus.subscribe((event) => {
    if (!deliverableTypes.includes(event.type)) return
    try {
      const wanted = store
        .list()
        .filter(({ active, events }) => active && (events.length === 0 || events.includes(event.type)))
      for (const webhook of wanted) enqueue(webhook, event)
      if (wanted.length > 0) setImmediate(reapOrLog)
    } catch (err) {
      log.error({ err, event: event.id }, 'deliveries of an event could not be recorded')
    }
  })

  async function attempt(delivery: Delivery): Promise<void> {
    const webhook = store.find(delivery.webhookId)
    if (webhook === null || !webhook.active) {
      store.settle(delivery, delivery.attempts, failed('the webhook is gone or inactive', null))
      return
    }
    const admitted = breakers.admit(webhook.id)
    if (admitted !== true) {
      // No attempt was made, so none is counted.
      const nextRetryAt = admitted + Math.floor(Math.random() * jitterMs)
      const outcome = { ...failed('circuit breaker open', null), status: 'pending' as const, nextRetryAt }
      store.settle(delivery, delivery.attempts, outcome)
      return
    }
    const attempts = delivery.attempts + 1
    const outcome = await send(webhook, delivery, attempts)
    if (outcome === null) {
      breakers.giveUp(webhook.id)
      store.settle(delivery, attempts, failed('the receiver is not allowed', null))
      return
    }
    breakers.report(webhook.id, outcome.status === 'delivered' ? 'success' : 'failure')
    store.settle(delivery, attempts, outcome)
  }

  /** `null` when it must not be sent there. */
  async function send(webhook: Webhook, delivery: Delivery, attempts: number): Promise<Outcome | null> {
    const retry = (error: string, statusCode: number | null): Outcome =>
      attempts >= webhooks.attempts
        ? failed(error, statusCode)
        : {
            ...failed(error, statusCode),
            status: 'pending',
            nextRetryAt: now() + firstWaitMs * 4 ** (attempts - 1),
          }
    try {
      const addresses = await checkReceiver(webhook.url, webhooks)
      const { status, text } = await post(webhook.url, delivery.body, headersOf(delivery), {
        addresses,
        timeoutMs: webhooks.timeoutMs,
      })
      if (status >= 200 && status < 300) {
        return {
          status: 'delivered',
          statusCode: status,
          error: null,
          deliveredAt: now(),
          nextRetryAt: null,
        }
      }
      return retry(`non-2xx (${status}): ${text}`, status)
    } catch (error) {
      if (error instanceof Refusal) return null
      return retry(error instanceof Error ? error.message : String(error), null)
    }
  }

  async function reap(): Promise<void> {
    if (isClosed) return
    const due = store.due(now(), mostDue).filter(({ id }) => !going.has(id))
    // What is tried by one pass is not tried by another beside it.
    const waiting = due.map((delivery) => ({ delivery, done: Promise.withResolvers<void>() }))
    for (const { delivery, done } of waiting) going.set(delivery.id, done.promise)
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { delivery, done } = next
        try {
          if (!isClosed) await attempt(delivery)
        } catch (err) {
          log.error({ err, delivery: delivery.id }, 'a webhook could not be delivered')
        } finally {
          going.delete(delivery.id)
          done.resolve()
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  /** What is due stays due when it cannot be read now. */
  function reapOrLog(): void {
    reap().catch((err: unknown) => log.error({ err }, 'due webhooks could not be read'))
  }

  const timer = setInterval(reapOrLog, reapEveryMs).unref()
  setImmediate(reapOrLog)

  return {
    reap,
    async close() {
      isClosed = true
      unsubscribe()
      clearInterval(timer)
      await Promise.all(going.values())
    },
  }
}

function failed(error: string, statusCode: number | null): Outcome {
  return { status: 'failed', statusCode, error, deliveredAt: null, nextRetryAt: null }
}

function headersOf({ id, eventType, signature }: Delivery): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-aitp-event': eventType,
    'x-aitp-delivery': id,
    'x-aitp-signature': `sha256=${signature}`,
  }
}
