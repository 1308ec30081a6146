import { createHash } from 'node:crypto'
import { z } from 'zod'
import { withoutJws } from '../../shared/redact-tokens.ts'

/** One request to a receiver of webhooks, as it came. */
export interface Delivery {
  /** The bytes that are signed. */
  readonly body: Buffer
  /** Empty when there is none that can be read. */
  readonly signature: Buffer
  /** From the headers, which nobody signs. */
  readonly eventType: string | null
  readonly deliveryId: string | null
}

export interface ReadDelivery {
  readonly deliveryId: string
  readonly eventType: string
  /** Unix milliseconds; `null` when the body does not tell. */
  readonly enqueuedAt: number | null
  /** What the body says, without tokens in it; `{raw}` of one that is no JSON. */
  readonly payload: unknown
}

const Body = z.object({
  deliveryId: z.string().optional().catch(undefined),
  eventType: z.string().optional().catch(undefined),
  enqueuedAt: z.iso.datetime({ offset: true }).optional().catch(undefined),
})

/** Reads `sha256=<hex>`, or the hex alone; another scheme is no signature. */
export function readSignature(header: string | undefined): Buffer {
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(header ?? '')?.[1]
  return Buffer.from(hex ?? '', 'hex')
}

/** What a delivery says, by its headers first and then by its body. */
export function readDelivery({ body, eventType, deliveryId }: Delivery): ReadDelivery {
  const payload = parsed(withoutJws(body.toString()))
  const said = Body.safeParse(payload).data
  return {
    deliveryId: deliveryId ?? said?.deliveryId ?? createHash('sha256').update(body).digest('hex'),
    eventType: eventType ?? said?.eventType ?? 'unknown',
    enqueuedAt: said?.enqueuedAt === undefined ? null : Date.parse(said.enqueuedAt),
    payload,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { raw: text }
  }
}
