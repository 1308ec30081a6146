import type { DatabaseSync } from 'node:sqlite'
import type { WebhookDelivery } from '../../shared/contract.ts'

/** What a Control Plane reported to a run that had ended: its log is closed. */
export interface DeliveryStore {
  add(delivery: WebhookDelivery): void
  /** In the order in which they came. */
  list(runId: string): WebhookDelivery[]
}

export function createDeliveryStore(database: DatabaseSync): DeliveryStore {
  const insert = database.prepare(
    `INSERT INTO webhook_deliveries (run_id, delivery_id, event_type, ts, payload) VALUES (?, ?, ?, ?, ?)`,
  )
  const select = database.prepare('SELECT * FROM webhook_deliveries WHERE run_id = ? ORDER BY position')
  return {
    add({ run_id, delivery_id, event_type, ts, payload }) {
      insert.run(run_id, delivery_id, event_type, ts, JSON.stringify(payload))
    },
    list: (runId) =>
      select.all(runId).map((row) => ({
        type: 'cp.webhook.delivered',
        run_id: runId,
        ts: Number(row['ts']),
        delivery_id: String(row['delivery_id']),
        event_type: String(row['event_type']),
        payload: JSON.parse(String(row['payload'])),
      })),
  }
}
