import type { DatabaseSync } from 'node:sqlite'

export interface Webhook {
  readonly id: string
  readonly url: string
  /** Empty: every type that can be delivered. */
  readonly events: readonly string[]
  readonly secret: string
  readonly active: boolean
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
}

export interface Delivery {
  readonly id: string
  readonly webhookId: string
  readonly eventType: string
  /** Exactly what is sent, at every attempt. */
  readonly body: string
  /** Hex HMAC-SHA-256 of the body, made when it was enqueued. */
  readonly signature: string
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly attempts: number
  readonly statusCode: number | null
  readonly error: string | null
  readonly deliveredAt: number | null
  readonly nextRetryAt: number | null
  readonly createdAt: number
}

export type Outcome = Pick<Delivery, 'status' | 'statusCode' | 'error' | 'deliveredAt' | 'nextRetryAt'>

/** Who wants to be told, and what was told to whom. */
export interface WebhookStore {
  list(): Webhook[]
  find(id: string): Webhook | null
  insert(webhook: Webhook): void
  update(webhook: Webhook): void
  remove(id: string): boolean
  enqueue(delivery: Delivery): void
  /** Pending ones that are due or were never tried. */
  due(now: number, limit: number): Delivery[]
  deliveriesOf(webhookId: string, page: { limit: number; offset: number }): Delivery[]
  /** Writes what came of an attempt; false when another one was counted in the meantime. */
  settle(delivery: Delivery, attempts: number, outcome: Outcome): boolean
  count(status: 'pending' | 'failed'): number
}

export function createWebhookStore(database: DatabaseSync): WebhookStore {
  const selectAll = database.prepare('SELECT * FROM webhooks ORDER BY created_at DESC, id')
  const select = database.prepare('SELECT * FROM webhooks WHERE id = ?')
  const insert = database.prepare('INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?, ?)')
  const update = database.prepare(
    'UPDATE webhooks SET url = ?, events = ?, secret = ?, active = ?, updated_at = ? WHERE id = ?',
  )
  const remove = database.prepare('DELETE FROM webhooks WHERE id = ?')
  const insertDelivery = database.prepare(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_type, body, signature, status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectDue = database.prepare(
    `SELECT * FROM webhook_deliveries WHERE status = 'pending' AND coalesce(next_retry_at, 0) <= ?
     ORDER BY created_at LIMIT ?`,
  )
  const selectDeliveries = database.prepare(
    'SELECT * FROM webhook_deliveries WHERE webhook_id = ? ORDER BY created_at DESC, id LIMIT ? OFFSET ?',
  )
  const settle = database.prepare(
    `UPDATE webhook_deliveries SET attempts = ?, status = ?, status_code = ?, error = ?, delivered_at = ?,
       next_retry_at = ? WHERE id = ? AND attempts = ? AND status = 'pending'`,
  )
  const count = database.prepare('SELECT count(*) AS n FROM webhook_deliveries WHERE status = ?')
  return {
    list: () => selectAll.all().map(webhookOf),
    find: (id) => {
      const row = select.get(id)
      return row === undefined ? null : webhookOf(row)
    },
    insert: ({ id, url, events, secret, active, createdAt, updatedAt }) =>
      void insert.run(id, url, JSON.stringify(events), secret, Number(active), createdAt, updatedAt),
    update: ({ id, url, events, secret, active, updatedAt }) =>
      void update.run(url, JSON.stringify(events), secret, Number(active), updatedAt, id),
    remove: (id) => remove.run(id).changes === 1,
    enqueue: ({ id, webhookId, eventType, body, signature, status, createdAt }) =>
      void insertDelivery.run(id, webhookId, eventType, body, signature, status, createdAt),
    due: (now, limit) => selectDue.all(now, limit).map(deliveryOf),
    deliveriesOf: (webhookId, { limit, offset }) =>
      selectDeliveries.all(webhookId, limit, offset).map(deliveryOf),
    settle: (delivery, attempts, outcome) =>
      settle.run(
        attempts,
        outcome.status,
        outcome.statusCode,
        outcome.error,
        outcome.deliveredAt,
        outcome.nextRetryAt,
        delivery.id,
        delivery.attempts,
      ).changes === 1,
    count: (status) => Number(count.get(status)?.['n']),
  }
}

type Row = Readonly<Record<string, unknown>>

function webhookOf(row: Row): Webhook {
  return {
    id: String(row['id']),
    url: String(row['url']),
    events: JSON.parse(String(row['events'])),
    secret: String(row['secret']),
    active: row['active'] === 1,
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  }
}

function deliveryOf(row: Row): Delivery {
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    id: String(row['id']),
    webhookId: String(row['webhook_id']),
    eventType: String(row['event_type']),
    body: String(row['body']),
    signature: String(row['signature']),
    status: row['status'] as Delivery['status'],
    attempts: Number(row['attempts']),
    statusCode: number(row['status_code']),
    error: typeof row['error'] === 'string' ? row['error'] : null,
    deliveredAt: number(row['delivered_at']),
    nextRetryAt: number(row['next_retry_at']),
    createdAt: Number(row['created_at']),
  }
}
