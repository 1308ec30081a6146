import { createHmac, timingSafeEqual } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import type { DeliveryStore } from '../store/delivery-store.ts'
import type { RunLog } from '../store/event-log.ts'
import type { RunStore } from '../store/run-store.ts'
import type { ControlPlane } from './client.ts'
import { type Delivery, readDelivery } from './delivery.ts'
import type { Webhook } from './records.ts'

/** The subscriptions of one run. */
export interface RunWebhooks {
  /** Deliveries under its secret are taken from now on; they follow from `causeSeq`. */
  add(webhook: Webhook, causeSeq: readonly number[]): void
  readonly isSubscribed: () => boolean
  /** Settles with the first delivery. */
  readonly delivered: Promise<void>
  /** The log is closed. What comes now is kept beside it, for a while; then the subscriptions are ended. */
  end(): void
}

/** Where Control Planes report to runs (control-plane.md §6); it alone knows the secrets of subscriptions. */
export interface WebhookDesk {
  open(log: RunLog, controlPlane: ControlPlane | null): RunWebhooks
  /** Throws `run_not_found`, and `webhook_refused` for what is not from who was subscribed at. */
  receive(runId: string, delivery: Delivery): void
  /** Ends every subscription; resolves when the Control Planes know, or could not be told. */
  close(): Promise<void>
}

export interface WebhookDeskParts {
  readonly store: Pick<RunStore, 'status'>
  readonly deliveries: DeliveryStore
}

interface Subscriber {
  readonly log: RunLog
  readonly subscriptions: { readonly webhook: Webhook; readonly causeSeq: readonly number[] }[]
  /** Ids and signatures of what was taken. */
  readonly seen: Set<string>
  readonly onDelivery: () => void
  readonly endSubscriptions: () => Promise<void>
  hasEnded: boolean
}

/** Deliveries of a run's last events come after its end (B-59). */
const graceMs = 5_000
/** A Control Plane tries again after 30 s and after 2 minutes, with the same bytes. */
const mostAgeMs = 5 * 60_000

/** How long a Control Plane may take to be told that the console closes. */
const lastCallsMs = 1_500

export function createWebhookDesk({ store, deliveries }: WebhookDeskParts): WebhookDesk {
  const subscribers = new Map<string, Subscriber>()
  const ending = new Set<Promise<void>>()

  function open(log: RunLog, controlPlane: ControlPlane | null): RunWebhooks {
    const { promise: delivered, resolve: onDelivery } = Promise.withResolvers<void>()
    const subscriptions: Subscriber['subscriptions'] = []
    let timer: NodeJS.Timeout | undefined

    async function endSubscriptions(): Promise<void> {
      clearTimeout(timer)
      subscribers.delete(log.runId)
      const gone = subscriptions.splice(0).map(({ webhook }) => controlPlane?.deleteWebhook(webhook.id))
      const done = Promise.allSettled(gone).then(() => undefined)
      ending.add(done)
      await done.finally(() => ending.delete(done))
    }

    const subscriber: Subscriber = {
      log,
      subscriptions,
      seen: new Set(),
      onDelivery,
      endSubscriptions,
      hasEnded: false,
    }
    return {
      add(webhook, causeSeq) {
        subscriptions.push({ webhook, causeSeq })
        subscribers.set(log.runId, subscriber)
      },
      isSubscribed: () => subscriptions.length > 0,
      delivered,
      end() {
        subscriber.hasEnded = true
        if (subscriptions.length > 0) timer = setTimeout(() => void endSubscriptions(), graceMs).unref()
      },
    }
  }

  function receive(runId: string, delivery: Delivery): void {
    store.status(runId)
    const subscriber = subscribers.get(runId)
    const subscription = subscriber?.subscriptions.find(({ webhook }) => isSignedBy(webhook, delivery))
    if (subscriber === undefined || subscription === undefined) {
      throw new AppError('webhook_refused', 'This is not signed under a subscription of this run.')
    }
    const { enqueuedAt, payload, eventType, deliveryId } = readDelivery(delivery)
    if (enqueuedAt !== null && Math.abs(Date.now() - enqueuedAt) > mostAgeMs) {
      throw new AppError('webhook_refused', 'This delivery is of another time.')
    }
    const { seen, log, hasEnded, onDelivery } = subscriber
    // Headers are not signed: the same bytes under another id are the same delivery (B-37).
    const marks = [deliveryId, delivery.signature.toString('hex')]
    if (marks.some((mark) => seen.has(mark))) return
    const body = {
      type: 'cp.webhook.delivered',
      delivery_id: deliveryId,
      event_type: eventType,
      payload,
    } as const
    if (hasEnded) deliveries.add({ ...body, run_id: runId, ts: Date.now() / 1000 })
    else log.append(body, { source: 'runner', causeSeq: subscription.causeSeq })
    for (const mark of marks) seen.add(mark)
    onDelivery()
  }

  return {
    open,
    receive,
    async close() {
      for (const { endSubscriptions } of subscribers.values()) void endSubscriptions()
      await Promise.race([Promise.all(ending), delay(lastCallsMs, undefined, { ref: false })])
    },
  }
}

function isSignedBy({ secret }: Webhook, { body, signature }: Delivery): boolean {
  if (secret === null) return false
  const wanted = createHmac('sha256', secret).update(body).digest()
  return signature.length === wanted.length && timingSafeEqual(signature, wanted)
}
