import { z } from 'zod'
import { listOf, UnixSeconds } from './bounded.ts'
import { WorkerEventBody } from './events.ts'
import { ExchangeCapture } from './exchange.ts'

/** One thing a worker saw. `agent_seq` counts from 1 over events and exchanges alike. */
export const TelemetryItem = z.discriminatedUnion('item', [
  z.object({
    item: z.literal('event'),
    agent_seq: z.int().positive(),
    ts: UnixSeconds,
    /** The host's operation that led here, from the W3C baggage of the request. */
    operation: z.string().nullable(),
    exchange_id: z.string().optional(),
    event: WorkerEventBody,
  }),
  z.object({ item: z.literal('exchange'), agent_seq: z.int().positive(), exchange: ExchangeCapture }),
])
export type TelemetryItem = z.infer<typeof TelemetryItem>

/** `POST /internal/telemetry`, bearer: the agent's telemetry secret, which also says run and agent. */
export const TelemetryBatch = z.object({ items: listOf(TelemetryItem, 500) })
export type TelemetryBatch = z.infer<typeof TelemetryBatch>
