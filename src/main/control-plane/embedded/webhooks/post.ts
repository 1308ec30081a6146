import type { LookupAddress } from 'node:dns'
import http from 'node:http'
import https from 'node:https'

export interface Posted {
  readonly status: number
  /** The first 200 characters of the answer. */
  readonly text: string
}

const mostRead = 200

/**
 * Posts a body to one of the addresses that were checked, on a connection of its own. A redirect is an answer like any
 * other. Rejects when there is none in time.
 */
export function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { addresses, timeoutMs }: { addresses: readonly LookupAddress[]; timeoutMs: number },
): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>()
  const limit = AbortSignal.timeout(timeoutMs)
  // The request itself no longer hears of the limit when its connection has become something else.
  limit.addEventListener('abort', () => reject(limit.reason))
  const request = (url.startsWith('https:') ? https : http).request(
    url,
    {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      signal: limit,
      lookup: (_host, options, done) => {
        const [first] = addresses
        if (options.all) done(null, [...addresses])
        else done(null, first?.address ?? '', first?.family)
      },
    },
    (response) => {
      let text = ''
      const finish = () => {
        response.destroy()
        resolve({ status: response.statusCode ?? 0, text: text.slice(0, mostRead) })
      }
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length >= mostRead) finish()
      })
      response.on('end', finish)
      response.on('error', reject)
    },
  )
  request.on('upgrade', ({ statusCode = 0 }, socket) => {
    socket.destroy()
    resolve({ status: statusCode, text: '' })
  })
  request.on('error', reject)
  request.on('close', () => reject(new Error('the receiver hung up')))
  request.end(body)
  return promise
}
