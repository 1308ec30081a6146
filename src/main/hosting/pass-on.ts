import { type IncomingMessage, request as openRequest } from 'node:http'

/** Of a request and of an answer, in bytes. */
export const largestBody = 1024 * 1024
/** Longer than a call of a capability may take, so that the caller's own limit is the one that counts. */
const answerMs = 150_000
/** Of one connection only (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What a worker answered, as it came. */
export interface Answered {
  readonly status: number
  /** Name, value, name, value, …, as they came. */
  readonly rawHeaders: string[]
  readonly body: Buffer
}
export type Passed = Answered | { readonly error: { readonly code: string; readonly message: string } }

/** Passes a request on to the worker, as it came but for what concerns the connection. */
export async function askWorker(port: number, request: IncomingMessage, body: Buffer): Promise<Passed> {
  try {
    const response = await new Promise<IncomingMessage | null>((resolve, reject) => {
      const outgoing = openRequest({
        host: '127.0.0.1',
        port,
        method: request.method,
        path: request.url,
        // The worker is addressed as what it is on this machine, whatever name led here.
        headers: [
          ...endToEnd(request.rawHeaders, ['host', 'content-length', 'accept-encoding']),
          ...['host', `127.0.0.1:${port}`, 'accept-encoding', 'identity'],
          ...['content-length', String(body.length)],
        ],
        agent: false,
        signal: AbortSignal.timeout(answerMs),
      })
      outgoing
        .on('response', resolve)
        .on('error', reject)
        .on('upgrade', (_response, socket) => socket.destroy())
        .on('close', () => resolve(null))
        .end(body)
    })
    if (response === null) return notHttp
    const answered = await readWhole(response)
    if (answered === null) {
      response.destroy()
      return noAnswer(`the worker answered with more than ${largestBody} bytes`)
    }
    const rawHeaders = [
      ...endToEnd(response.rawHeaders, ['content-length']),
      ...['content-length', String(answered.length)],
    ]
    return { status: response.statusCode ?? 502, rawHeaders, body: answered }
  } catch (error) {
    return noAnswer(error instanceof Error ? error.message : String(error))
  }
}

function noAnswer(message: string): Passed {
  return { error: { code: 'no_answer', message } }
}

function endToEnd(rawHeaders: readonly string[], without: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    const lower = name.toLowerCase()
    if (!hopByHop.has(lower) && !without.includes(lower)) kept.push(name, rawHeaders[at + 1] ?? '')
  }
  return kept
}

/** `null` for one that is too large, of which no more is read; a request can still be answered then. */
export async function readWhole(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    size += chunk.byteLength
    if (size > largestBody) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const notHttp: Answered = {
  status: 502,
  rawHeaders: ['content-type', 'application/json'],
  body: Buffer.from(
    refusalText('no_answer', 'the worker ended the connection, or left HTTP, without an answer'),
  ),
}
/** A refusal of the tap's own, in the form of a worker's. */
export function refusalText(code: string, message: string): string {
  return JSON.stringify({ error: { code, message }, detail: message })
}
