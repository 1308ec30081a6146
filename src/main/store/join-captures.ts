import { popHeaders } from '../../aitp/index.ts'
import type {
  DecodedToken,
  ExchangeDetail,
  ExchangeKind,
  Message,
  MessageKind,
  StoredCapture,
} from '../../shared/exchange.ts'
import { withoutTokens } from '../../shared/token-claims.ts'

const messageKinds: Record<ExchangeKind, { request: MessageKind; response: MessageKind }> = {
  manifest: { request: 'MANIFEST_REQUEST', response: 'MANIFEST' },
  hello: { request: 'MUTUAL_HELLO', response: 'MUTUAL_HELLO_ACK' },
  commit: { request: 'MUTUAL_COMMIT', response: 'MUTUAL_COMMIT_ACK' },
  capability: { request: 'CAPABILITY_REQUEST', response: 'CAPABILITY_RESPONSE' },
  did: { request: 'DID_REQUEST', response: 'DID_DOCUMENT' },
  redeem: { request: 'REDEEM_REQUEST', response: 'REDEEM_RESPONSE' },
  renew: { request: 'RENEWAL_REQUEST', response: 'RENEWAL_RESPONSE' },
  revocation_list: { request: 'REVOCATION_LIST_REQUEST', response: 'REVOCATION_LIST' },
  enroll: { request: 'ENROLL_REQUEST', response: 'ENROLL_RESPONSE' },
  other: { request: 'REQUEST', response: 'RESPONSE' },
}

export interface CaptureRow {
  readonly offsetMs: number
  readonly capture: StoredCapture
}

/**
 * Joins what the two sides captured of one exchange into its two messages. The server verified the request and the
 * client the response, so each message's verdict comes from the side that received it.
 */
export function joinCaptures(
  runId: string,
  rows: readonly CaptureRow[],
  eventSeqs: readonly number[],
): ExchangeDetail {
  const [first] = rows
  if (!first) throw new TypeError('joinCaptures needs at least one capture')
  const clients = claimsOf(rows, 'client')
  const servers = claimsOf(rows, 'server')
  const disputed = clients.length > 1 || servers.length > 1
  const client = clients.length === 1 ? (clients[0] ?? null) : null
  const server = servers.length === 1 ? (servers[0] ?? null) : null
  const any = client ?? server ?? first.capture
  const from = client?.agent_id ?? server?.peer_agent_id ?? 'unknown'
  const to = server?.agent_id ?? client?.peer_agent_id ?? addressOf(any.request.url)
  const exchange = { from, to, client, server, any }
  return {
    exchange_id: any.exchange_id,
    run_id: runId,
    kind: any.kind,
    from,
    to,
    session_id: client?.session_id ?? server?.session_id ?? null,
    started_at: any.started_at,
    // A capture arrives when its exchange is over on that side.
    offset_ms: Math.max(0, Math.min(...rows.map(({ offsetMs, capture }) => offsetMs - capture.duration_ms))),
    duration_ms: any.duration_ms,
    status: any.response?.status ?? null,
    messages: [requestMessage(exchange), responseMessage(exchange)].filter((message) => message !== null),
    disputed,
    event_seqs: [...eventSeqs],
    client,
    server,
  }
}

/** Who says to have been this side. More than one means that somebody lies, and the host cannot tell who. */
function claimsOf(rows: readonly CaptureRow[], side: StoredCapture['side']): StoredCapture[] {
  return rows.map(({ capture }) => capture).filter((capture) => capture.side === side)
}

interface Sides {
  readonly from: string
  readonly to: string
  readonly client: StoredCapture | null
  readonly server: StoredCapture | null
  readonly any: StoredCapture
}

function requestMessage({ from, to, client, server, any }: Sides): Message {
  const report = server?.report ?? null
  // The refusal a server answered with is the verdict on the request, even where its own capture is missing.
  const refusal = report?.code ?? refusalCode(any.response)
  return {
    direction: 'request',
    kind: messageKinds[any.kind].request,
    from,
    to,
    outcome: requestOutcome(client, server, refusal),
    code: refusal,
    bytes: any.request.body.bytes,
    verdict: report && server ? { report, reported_by: server.agent_id } : null,
    tokens: any.request_tokens.map(withoutToken),
  }
}

function requestOutcome(
  client: StoredCapture | null,
  server: StoredCapture | null,
  refusal: string | null,
): Message['outcome'] {
  if (refusal !== null) return 'refused'
  if (server) return 'accepted'
  // Who is no agent of this run reports nothing; that it answered shows that it took the request.
  if (client?.response && client.peer_agent_id === null) return 'accepted'
  if (client?.error && !client.response) return 'lost'
  return 'pending'
}

function responseMessage({ from, to, client, any }: Sides): Message | null {
  const { response } = any
  if (response === null) return null
  const challenge = isChallenge(response)
  const failed = response.status >= 400 && !challenge
  const report = client?.report ?? null
  return {
    direction: 'response',
    kind: failed ? 'ERROR' : challenge ? 'POP_CHALLENGE' : messageKinds[any.kind].response,
    from: to,
    to: from,
    outcome: !client ? 'pending' : report?.verdict === 'refused' ? 'refused' : 'accepted',
    code: failed ? refusalCode(any.response) : (report?.code ?? null),
    bytes: response.body.bytes,
    verdict: report && client ? { report, reported_by: client.agent_id } : null,
    tokens: any.response_tokens.map(withoutToken),
  }
}

/** The server wants a proof of possession first; that refuses nothing yet. */
function isChallenge({ status, headers }: NonNullable<StoredCapture['response']>): boolean {
  return status === 401 && headers.some(([name]) => name.toLowerCase() === popHeaders.challenge.toLowerCase())
}

/** The wire code in an error body; `null` for a response that refuses nothing. */
export function refusalCode(response: StoredCapture['response']): string | null {
  if (!response || response.status < 400 || isChallenge(response)) return null
  try {
    const code: unknown = JSON.parse(response.body.text)?.error?.code
    return typeof code === 'string' ? code : `HTTP ${response.status}`
  } catch {
    return `HTTP ${response.status}`
  }
}

function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function withoutToken({ token: _token, claims, ...rest }: DecodedToken): Omit<DecodedToken, 'token'> {
  return { ...rest, claims: withoutTokens(claims) }
}
