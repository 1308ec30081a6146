import type { WorkerEventBody } from '../../src/shared/events.ts'
import type { ExchangeCapture } from '../../src/shared/exchange.ts'
import type { TelemetryItem } from '../../src/shared/telemetry.ts'
import { requestContext } from './request-context.ts'

/** Tells the host what this worker did and saw, in order. */
export interface Telemetry {
  event(event: WorkerEventBody, exchangeId?: string): void
  exchange(capture: ExchangeCapture): void
  /**
   * Sends what has gathered. Awaited before every answer, so that the host knows of a fact before anybody can act on
   * it. A host that is away loses the report, never the answer.
   */
  flush(): Promise<void>
}

export interface TelemetryOptions {
  readonly url: string
  readonly secret: string
  readonly warn: (message: string) => void
}

const timeoutMs = 3_000
/** Below what the host takes in one request. */
const mostItems = 200
const mostCharacters = 2_000_000

export function createTelemetry({ url, secret, warn }: TelemetryOptions): Telemetry {
  let agentSeq = 0
  let gathered: TelemetryItem[] = []
  let sending: Promise<void> = Promise.resolve()

  async function send(items: readonly string[]): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: `{"items":[${items.join(',')}]}`,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok)
        warn(`telemetry was refused: ${response.status} ${(await response.text()).slice(0, 300)}`)
    } catch (error) {
      warn(`telemetry was not delivered: ${error instanceof Error ? error.message : error}`)
    }
  }

  function flush(): Promise<void> {
    const items = gathered
    gathered = []
    sending = sending.then(async () => {
      for (const batch of batchesOf(items)) await send(batch)
    })
    // What cannot be reported must not keep the agent from answering.
    sending = sending.catch((error: unknown) => warn(`telemetry could not be written: ${error}`))
    return sending
  }

  /** What happens before a long wait is told at once, and not only with the answer. */
  function flushSoon(): void {
    if (gathered.length === 1) setImmediate(() => void flush())
  }

  return {
    event(event, exchangeId) {
      agentSeq += 1
      gathered.push({
        item: 'event',
        agent_seq: agentSeq,
        ts: Date.now() / 1000,
        operation: requestContext().operation,
        ...(exchangeId === undefined ? {} : { exchange_id: exchangeId }),
        event,
      })
      flushSoon()
    },
    exchange(capture) {
      agentSeq += 1
      gathered.push({ item: 'exchange', agent_seq: agentSeq, exchange: capture })
      flushSoon()
    },
    flush,
  }
}

/** The items as JSON, in order, cut into requests of a size that the host takes. */
function batchesOf(items: readonly TelemetryItem[]): string[][] {
  const batches: string[][] = []
  let characters = 0
  for (const json of items.map((item) => JSON.stringify(item))) {
    const last = batches.at(-1)
    if (last && last.length < mostItems && characters + json.length < mostCharacters) {
      last.push(json)
      characters += json.length
    } else {
      batches.push([json])
      characters = json.length
    }
  }
  return batches
}
