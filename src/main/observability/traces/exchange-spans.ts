import type { RunEvent } from '../../../shared/events.ts'
import type { ExchangeDetail, StoredCapture } from '../../../shared/exchange.ts'
import { failedCheck } from '../../../shared/report.ts'
import { refusalCode } from '../../store/join-captures.ts'
import { attributes, type Span, spanId, told } from './span.ts'
import { spanEventsOf } from './span-events.ts'

/**
 * Both sides of every exchange, as far as they were captured: the client's under the id that crossed the wire, the
 * server's below it, and whatever the server asked in turn below that. What a disputed side says is left out.
 *
 * @param operations the ids of spans that the host's requests to agents carried
 * @param rootId the parent of what nobody here began
 */
export function exchangeSpans(
  exchanges: readonly ExchangeDetail[],
  events: readonly RunEvent[],
  operations: ReadonlySet<string>,
  rootId: string,
): Span[] {
  const byId = new Map(exchanges.map((exchange) => [exchange.exchange_id, exchange]))
  const told = Map.groupBy(events, ({ exchange_id = '', agent_id = '' }) => keyOf(exchange_id, agent_id))

  function parentOf({ parent_id, operation, agent_id }: StoredCapture): string {
    const cause = parent_id === undefined ? undefined : byId.get(parent_id)
    if (cause?.server?.agent_id === agent_id) return serverId(cause.exchange_id)
    return operation !== null && operations.has(operation) ? operation : rootId
  }

  function span(capture: StoredCapture, own: Pick<Span, 'id' | 'parentId'>): Span {
    return {
      ...own,
      name: capture.kind,
      kind: capture.side,
      service: capture.agent_id,
      startedAt: capture.started_at,
      endedAt: capture.started_at + capture.duration_ms / 1000,
      attributes: attributesOf(capture),
      events: (told.get(keyOf(capture.exchange_id, capture.agent_id)) ?? []).flatMap(spanEventsOf),
      failure: failureOf(capture),
    }
  }

  return exchanges.flatMap(({ exchange_id: id, client, server }) => [
    ...(client ? [span(client, { id, parentId: parentOf(client) })] : []),
    ...(server ? [span(server, { id: serverId(id), parentId: client ? id : parentOf(server) })] : []),
  ])
}

function keyOf(exchangeId: string, agentId: string): string {
  return `${exchangeId} ${agentId}`
}

function serverId(exchangeId: string): string {
  return spanId(exchangeId, 'server')
}

function attributesOf({ exchange_id, request, response, report, ...capture }: StoredCapture) {
  const url = URL.canParse(request.url) ? new URL(request.url) : null
  return attributes({
    'http.request.method': request.method,
    'http.response.status_code': response?.status,
    'server.address': url?.hostname,
    'server.port': url === null || url.port === '' ? null : Number(url.port),
    'url.path': url?.pathname,
    'aitp.exchange_id': exchange_id,
    'aitp.session_id': capture.session_id,
    'aitp.peer_agent_id': capture.peer_agent_id,
    'aitp.peer_aid': capture.peer_aid,
    'aitp.subject': report?.subject,
    'aitp.verdict': report?.verdict,
    'aitp.check': report === null ? null : failedCheck(report)?.id,
  })
}

function failureOf({ error, response, report }: StoredCapture): string | null {
  const code = error?.code ?? refusalCode(response) ?? (report?.verdict === 'refused' ? report.code : null)
  return code === null ? null : told(code)
}
