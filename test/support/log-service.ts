import pino from 'pino'
import { relayHandlers } from '../../src/main/api/relay-handlers.ts'
import { type Service, startService } from '../../src/main/api/server.ts'
import type { EventStreamLimits } from '../../src/main/api/sse.ts'
import { createWebhookDesk } from '../../src/main/control-plane/webhook-desk.ts'
import { createMetrics } from '../../src/main/observability/metrics/metrics.ts'
import { createTelemetryDesk } from '../../src/main/observability/telemetry-desk.ts'
import { httpClient } from './http.ts'
import type { OpenStore } from './open-store.ts'

export const bearer = 'the-bearer-of-the-test'

/** The service over a store that a test writes to itself: of its calls, those on runs' events are answered. */
export function serveLogs(
  { store, logs, exchanges, deliveries }: OpenStore,
  limits: { readonly streams?: EventStreamLimits; readonly bodyMs?: number } = {},
): Promise<Service> {
  const log = pino({ level: 'silent' })
  const nobody = relayHandlers(httpClient(1, null))
  const handlers: typeof nobody = {
    ...nobody,
    getRun: async ({ run_id }) => store.get(run_id),
    runEvents: ({ run_id, after_seq }, signal) => {
      store.status(run_id)
      return logs.follow(run_id, after_seq, signal)
    },
  }
  const telemetry = createTelemetryDesk({ exchanges, metrics: createMetrics(), log })
  return startService(
    {
      handlers,
      telemetry,
      webhooks: createWebhookDesk({ store, deliveries }),
      version: '0.0.0-test',
      bearer,
      pagesDir: null,
      log,
      ...limits,
    },
    { from: 0 },
  )
}
