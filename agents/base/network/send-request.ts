import type { LookupAddress } from 'node:dns'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { limits } from '../limits.ts'
import { WorkerError } from '../refusal.ts'
import { checkTarget, type TargetTerms } from './check-target.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** For everything together: name service, connection, request and answer. */
  readonly timeoutMs: number
}

export interface Incoming {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** There was no answer, or none that could be read. */
export class NoAnswer extends WorkerError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(502, 'no_answer', message, options)
  }
}

/** How a request is carried to its target. Rejects with {@link NoAnswer}, or `forbidden_target`. */
export type Transport = (request: HttpRequest, terms: TargetTerms) => Promise<Incoming>

/** Sends one request to a checked address. A redirect is an answer like any other; none is read beyond its limit. */
export const sendRequest: Transport = async (request, terms) => {
  const signal = AbortSignal.timeout(request.timeoutMs)
  try {
    const url = new URL(request.url)
    const addresses = await checkTarget(url, terms)
    const response = await open(url, request, addresses, signal)
    return await read(request.url, response)
  } catch (cause) {
    if (cause instanceof WorkerError) throw cause
    const reason = signal.aborted ? `within ${request.timeoutMs} ms` : 'at all'
    throw new NoAnswer(`${request.url} did not answer ${reason}`, { cause })
  }
}

function open(
  url: URL,
  { method, headers, body }: HttpRequest,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method,
        headers: {
          'accept-encoding': 'identity',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        signal,
        // A connection of its own: one that is kept could be to an address that was not checked for this request.
        agent: false,
        maxHeaderSize: limits.headerBytes,
        lookup: (_host, options, done) => {
          const [first] = addresses
          if (options.all) done(null, [...addresses])
          else done(null, first?.address ?? '', first?.family)
        },
      },
      resolve,
    )
    request.on('error', reject)
    request.end(body)
  })
}

async function read(url: string, response: IncomingMessage): Promise<Incoming> {
  const { statusCode = 0, rawHeaders } = response
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') abandon(response, `${url} answered in the encoding ${encoding}`)
  const chunks: Uint8Array[] = []
  let size = 0
  // Counts while reading; a length header proves nothing.
  for await (const chunk of response) {
    size += chunk.byteLength
    if (size > limits.responseBytes)
      abandon(response, `${url} answered with more than ${limits.responseBytes} bytes`)
    chunks.push(chunk)
  }
  return { status: statusCode, headers, text: Buffer.concat(chunks).toString('utf8') }
}

function abandon(response: IncomingMessage, reason: string): never {
  response.destroy()
  throw new NoAnswer(reason)
}
