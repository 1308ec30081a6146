import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { Span } from './span.ts'

type OtlpSpan = Parameters<OTLPTraceExporter['export']>[0][number]
type HrTime = OtlpSpan['startTime']

/** Sends traces as a collector reads them; loaded only when there is one to send to. */
export interface SpanSender {
  /** Resolves when the collector has taken them all; rejects when it has not, within the time given. */
  send(traceId: string, spans: readonly Span[]): Promise<void>
  close(): Promise<void>
}

const mostInRequest = 512
const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, server: SpanKind.SERVER } as const

/** @param url where the collector takes traces */
export function createSpanSender(url: string, timeoutMillis: number, version: string): SpanSender {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis })

  const post = (spans: OtlpSpan[]) =>
    new Promise<void>((resolve, reject) => {
      exporter.export(spans, ({ error, code }) => {
        if (code === 0) resolve()
        else reject(error ?? new Error('the collector took nothing'))
      })
    })

  return {
    async send(traceId, spans) {
      const resources = new Map<string, Resource>()
      for (const { service } of spans) {
        if (!resources.has(service))
          resources.set(service, resourceFromAttributes({ 'service.name': service }))
      }
      const made = spans.map((span) => otlpSpan(traceId, span, resources, version))
      for (let at = 0; at < made.length; at += mostInRequest) await post(made.slice(at, at + mostInRequest))
    },
    close: () => exporter.shutdown(),
  }
}

function otlpSpan(
  traceId: string,
  span: Span,
  resources: ReadonlyMap<string, Resource>,
  version: string,
): OtlpSpan {
  const { id, parentId, service, startedAt, endedAt, failure } = span
  const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context(id),
    ...(parentId === null ? {} : { parentSpanContext: context(parentId) }),
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(endedAt - startedAt),
    ended: true,
    status:
      failure === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...span.attributes },
    links: [],
    events: span.events.map(({ name, at, attributes }) => ({
      name,
      time: hrTime(at),
      attributes: { ...attributes },
    })),
    resource: resources.get(service) ?? resourceFromAttributes({}),
    instrumentationScope: { name: 'aitp-trust-console', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function hrTime(seconds: number): HrTime {
  const whole = Math.floor(seconds)
  return [whole, Math.round((seconds - whole) * 1e9)]
}
