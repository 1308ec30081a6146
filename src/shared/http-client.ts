import { createParser } from 'eventsource-parser'
import type { StreamListener } from './bridge.ts'
import type { ConsoleClient } from './client.ts'
import { jsonMedia } from './contract/define.ts'
import type { StreamInput, StreamItem, StreamName } from './contract.ts'
import { type CallInput, type CallName, type CallOutput, contract } from './contract.ts'
import { AppError, ErrorBody, errorBody, errorFromBody, toAppError } from './errors.ts'
import { httpRequest } from './http-request.ts'

/** The part of `fetch` that is used, so that this file needs neither DOM nor Node types. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: unknown },
) => Promise<FetchResponse>

interface FetchResponse {
  readonly ok: boolean
  readonly status: number
  text(): Promise<string>
  readonly body: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> }
  } | null
}

export interface HttpClientOptions {
  /** Without a trailing slash; empty for the page's own origin. */
  readonly baseUrl: string
  /** Asked at every request; `null` sends none. */
  readonly bearer: () => string | null
  readonly fetch: Fetch
  /** `() => new AbortController()` and `() => new TextDecoder()` of the runtime. */
  readonly createAbort: () => { abort(): void; readonly signal: unknown }
  readonly createDecoder: () => { decode(bytes: Uint8Array, options: { stream: boolean }): string }
}

/** The contract over HTTP. Streams use `fetch`, because `EventSource` cannot send a header. */
export function createHttpClient(options: HttpClientOptions): ConsoleClient {
  async function send(name: keyof typeof contract, input: Record<string, unknown>, signal: unknown) {
    const request = httpRequest(name, input)
    const bearer = options.bearer()
    const response = await options.fetch(`${options.baseUrl}${request.path}`, {
      method: request.method,
      headers: {
        accept: contract[name].shape === 'stream' ? 'text/event-stream' : '*/*',
        ...(request.body === null ? {} : { 'content-type': request.type }),
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(request.body === null ? {} : { body: request.body }),
      signal,
    })
    if (response.ok) return response
    throw refusal(response.status, await response.text())
  }

  async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    const response = await send(name, input, options.createAbort().signal)
    const text = await response.text()
    return (contract[name].media === jsonMedia ? JSON.parse(text) : text) as CallOutput<Name>
  }

  function subscribe<Name extends StreamName>(
    name: Name,
    input: StreamInput<Name>,
    listener: StreamListener<StreamItem<Name>>,
  ): () => void {
    const abort = options.createAbort()
    let stopped = false
    let last: 'end' | ErrorBody | null = null
    const parser = createParser({
      onEvent: ({ data }) => {
        const item: { type?: unknown } = JSON.parse(data)
        if (item.type === 'stream.end') last = 'end'
        else if (item.type === 'stream.error') last = ErrorBody.parse(item)
        else if (!stopped) listener.item(item as StreamItem<Name>)
      },
    })
    const run = async () => {
      const response = await send(name, input, abort.signal)
      const reader = response.body?.getReader()
      const decoder = options.createDecoder()
      while (last === null) {
        const chunk = await reader?.read().catch((cause: unknown) => {
          throw broken('broke off', cause)
        })
        if (stopped) return
        if (!chunk || chunk.done || !chunk.value) throw broken('ended without its end mark')
        parser.feed(decoder.decode(chunk.value, { stream: true }))
      }
      if (stopped) return
      if (last === 'end') listener.end()
      else listener.error(last)
    }
    run().catch((thrown: unknown) => {
      if (!stopped) listener.error(errorBody(toAppError(thrown)))
    })
    return () => {
      stopped = true
      abort.abort()
    }
  }

  return { call, subscribe }
}

/** The log is all there still: who knows the last `seq` it saw goes on after it. */
function broken(how: string, cause?: unknown): AppError {
  return new AppError('stream_broken', `The event stream ${how}; resume it after the last event.`, { cause })
}

function refusal(status: number, text: string): AppError {
  try {
    return errorFromBody(ErrorBody.parse(JSON.parse(text)))
  } catch {
    return new AppError(
      'internal_error',
      `The host answered ${status} with a body that is no error of its own.`,
    )
  }
}
