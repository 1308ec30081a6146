import { z } from 'zod'
import { listOf, UnixSeconds } from './bounded.ts'
import { Report } from './report.ts'

/** What kind of conversation one HTTP request and its response are. */
export const ExchangeKind = z.enum([
  'manifest',
  'did',
  'hello',
  'commit',
  'capability',
  'redeem',
  'renew',
  'revocation_list',
  'enroll',
  'other',
])
export type ExchangeKind = z.infer<typeof ExchangeKind>

/** The messages that exchanges consist of, by the names of the wire where the wire has one. */
export const MessageKind = z.enum([
  'MANIFEST_REQUEST',
  'MANIFEST',
  'MUTUAL_HELLO',
  'MUTUAL_HELLO_ACK',
  'MUTUAL_COMMIT',
  'MUTUAL_COMMIT_ACK',
  'CAPABILITY_REQUEST',
  'CAPABILITY_RESPONSE',
  'POP_CHALLENGE',
  'DID_REQUEST',
  'DID_DOCUMENT',
  'REDEEM_REQUEST',
  'REDEEM_RESPONSE',
  'RENEWAL_REQUEST',
  'RENEWAL_RESPONSE',
  'REVOCATION_LIST_REQUEST',
  'REVOCATION_LIST',
  'ENROLL_REQUEST',
  'ENROLL_RESPONSE',
  'REQUEST',
  'RESPONSE',
  'ERROR',
])
export type MessageKind = z.infer<typeof MessageKind>

export const Body = z.object({
  text: z.string(),
  /** Length on the wire, before anything was cut or replaced. */
  bytes: z.int().nonnegative(),
  truncated: z.boolean(),
})
export type Body = z.infer<typeof Body>

export const Header = z.tuple([z.string(), z.string()])
export type Header = z.infer<typeof Header>

/** A compact JWS found in a message, decoded for display; decoding verifies nothing. */
export const DecodedToken = z.object({
  /** Where it was found, e.g. `payload.tct` or `header X-AITP-TCT`. */
  path: z.string(),
  kind: z.enum(['tct', 'grant_voucher', 'delegation', 'jwt', 'unknown']),
  token: z.string(),
  fingerprint: z.string(),
  header: z.record(z.string(), z.unknown()),
  claims: z.record(z.string(), z.unknown()),
})
export type DecodedToken = z.infer<typeof DecodedToken>

/** What one side made of a message it received. */
export const MessageVerdict = z.object({ report: Report, reported_by: z.string() })

/**
 * One side's capture of an exchange, posted with its telemetry. The client verifies the response, the server the
 * request, so each side carries the report of the message it received.
 */
export const ExchangeCapture = z.object({
  exchange_id: z.string().regex(/^[0-9a-f]{16}$/),
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  side: z.enum(['client', 'server']),
  kind: ExchangeKind,
  operation: z.string().nullable(),
  /** Client side: the span of the request in whose answering this one was sent, an exchange's or the host's. */
  parent_id: z.string().optional(),
  session_id: z.string().nullable(),
  peer_agent_id: z.string().nullable(),
  peer_aid: z.string().nullable(),
  /** Unix seconds when the request left or arrived, by this side's clock. */
  started_at: UnixSeconds,
  duration_ms: z.number().nonnegative(),
  request: z.object({ method: z.string(), url: z.string(), headers: listOf(Header, 500), body: Body }),
  response: z.object({ status: z.int(), headers: listOf(Header, 500), body: Body }).nullable(),
  /** Why there is no response, or none that could be used. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  report: Report.nullable(),
  request_tokens: listOf(DecodedToken, 200),
  response_tokens: listOf(DecodedToken, 200),
})
export type ExchangeCapture = z.infer<typeof ExchangeCapture>

export const StoredCapture = ExchangeCapture.extend({ agent_id: z.string() })
export type StoredCapture = z.infer<typeof StoredCapture>

/** One arrow of the sequence diagram. */
export const Message = z.object({
  direction: z.enum(['request', 'response']),
  kind: MessageKind,
  from: z.string(),
  to: z.string(),
  /** `pending`: no side has seen its end yet. `lost`: sent, and no answer came. */
  outcome: z.enum(['pending', 'accepted', 'refused', 'lost']),
  /** Wire code of a refusal. */
  code: z.string().nullable(),
  bytes: z.int().nonnegative(),
  /** `null` only while the receiving side has not reported. */
  verdict: MessageVerdict.nullable(),
  tokens: z.array(DecodedToken.omit({ token: true })),
})
export type Message = z.infer<typeof Message>

/** Both sides of an exchange joined by its span id; lists carry this, bodies come with {@link ExchangeDetail}. */
export const Exchange = z.object({
  exchange_id: z.string(),
  run_id: z.string(),
  kind: ExchangeKind,
  /** Agent ids where known, else the host and port that were addressed. */
  from: z.string(),
  to: z.string(),
  session_id: z.string().nullable(),
  started_at: z.number(),
  /** When the request left, on the host's monotonic clock since the start of the run. */
  offset_ms: z.number(),
  duration_ms: z.number(),
  status: z.int().nullable(),
  messages: z.array(Message),
  /** Two agents claim the same side, so neither is believed and nothing counts as verified by it. */
  disputed: z.boolean(),
  /** The `seq` of every event that names this exchange. */
  event_seqs: z.array(z.int()),
})
export type Exchange = z.infer<typeof Exchange>

export const ExchangeDetail = Exchange.extend({
  client: StoredCapture.nullable(),
  server: StoredCapture.nullable(),
})
export type ExchangeDetail = z.infer<typeof ExchangeDetail>
