import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { listenOnLoopback } from '../../src/main/listen.ts'

const Value = z.union([
  z.object({ stringValue: z.string() }),
  z.object({ intValue: z.union([z.int(), z.string()]) }),
  z.object({ doubleValue: z.number() }),
  z.object({ boolValue: z.boolean() }),
])
const KeyValues = z.array(z.object({ key: z.string(), value: Value }))
const OtlpSpan = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: KeyValues,
  status: z.object({ code: z.int(), message: z.string().optional() }),
  events: z.array(z.object({ name: z.string(), attributes: KeyValues })),
})
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: KeyValues }),
      scopeSpans: z.array(z.object({ spans: z.array(OtlpSpan) })),
    }),
  ),
})

/** A span as a collector has it. */
export type CollectedSpan = z.infer<typeof OtlpSpan> & { readonly service: string }

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string
  readonly bodies: string[]
  /** What has arrived, read strictly. */
  spans(): CollectedSpan[]
}

/** Stands for a collector of OpenTelemetry on this machine. `answer` may leave a request hanging. */
export async function startCollector(
  answer: (response: ServerResponse) => void = (response) => response.end('{}'),
): Promise<Collector> {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(`${request.method} ${request.url} ${await text(request)}`)
    answer(response)
  })
  const port = await listenOnLoopback(server, 0, 'exactly')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bodies,
    spans: () => bodies.flatMap(read),
  }
}

function read(body: string): CollectedSpan[] {
  const { json } = /^POST \/v1\/traces (?<json>.*)$/s.exec(body)?.groups ?? {}
  return Request.parse(JSON.parse(json ?? 'null')).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name')?.value
    const service = name && 'stringValue' in name ? name.stringValue : ''
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })))
  })
}
