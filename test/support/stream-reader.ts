import { get, type IncomingMessage } from 'node:http'

export interface StreamRequest {
  readonly port: number
  readonly bearer: string
  readonly runId: string
  readonly afterSeq: number
  /** How the place to resume at is told. */
  readonly by: 'header' | 'query'
}

export type StreamItem =
  | { readonly kind: 'event'; readonly seq: number; readonly data: string }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: string }

export interface OpenStream {
  /** To pause it, to go on, or to leave. */
  readonly response: IncomingMessage
  /** Each item as it arrives, until the connection is gone, however it went. */
  readonly items: AsyncIterable<StreamItem>
}

/** Server-sent events as they lie on the wire, read no faster than they are asked for. */
export async function openStream(request: StreamRequest): Promise<OpenStream> {
  const { port, bearer, runId, afterSeq, by } = request
  const query = by === 'query' ? `?after_seq=${afterSeq}` : ''
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(
      {
        host: '127.0.0.1',
        port,
        path: `/runs/${runId}/events${query}`,
        agent: false,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(by === 'header' ? { 'last-event-id': String(afterSeq) } : {}),
        },
      },
      resolve,
    ).once('error', reject)
  })
  if (response.statusCode !== 200) throw new Error(`the stream answered ${response.statusCode}`)
  return { response, items: itemsOf(response) }
}

export async function allOf(items: AsyncIterable<StreamItem>): Promise<StreamItem[]> {
  const all: StreamItem[] = []
  for await (const item of items) all.push(item)
  return all
}

async function* itemsOf(response: IncomingMessage): AsyncGenerator<StreamItem> {
  response.setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of response) {
      const frames = (rest + chunk).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) yield itemOf(frame)
    }
  } catch (error) {
    // Cut off in the middle; what was whole has been given.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

function itemOf(frame: string): StreamItem {
  if (frame === ': heartbeat') return { kind: 'heartbeat' }
  const [, id, data = ''] = /^(?:id: (\d+)\n)?data: (.*)$/.exec(frame) ?? []
  if (id !== undefined) return { kind: 'event', seq: Number(id), data }
  const { type, error } = JSON.parse(data)
  if (type === 'stream.end') return { kind: 'end' }
  if (type === 'stream.error') return { kind: 'error', code: error.code }
  throw new Error(`not a frame of the service: ${frame}`)
}
