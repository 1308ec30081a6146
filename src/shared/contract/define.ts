import { z } from 'zod'

/** One question the interface can ask. `http` is `METHOD /path/:param`; input members not in the path go into the query or body. */
export interface Call<Input extends z.ZodType, Output extends z.ZodType> {
  readonly shape: 'call'
  readonly http: string
  /** HTTP status of success. */
  readonly status: number
  /** Content type of the answer; everything but JSON carries the output string as it is. */
  readonly media: string
  /** Content type of the request's body; one that is not JSON becomes the input member `text`. */
  readonly takes: string
  readonly input: Input
  readonly output: Output
}

/** A live sequence: over HTTP server-sent events, over IPC messages. */
export interface Stream<Input extends z.ZodType, Item extends z.ZodType> {
  readonly shape: 'stream'
  readonly http: string
  readonly input: Input
  readonly item: Item
}

export const jsonMedia = 'application/json'
export const ndjsonMedia = 'application/x-ndjson'

export function call<Input extends z.ZodType, Output extends z.ZodType>(entry: {
  http: string
  input: Input
  output: Output
  status?: number
  media?: string
  takes?: string
}): Call<Input, Output> {
  return { shape: 'call', status: 200, media: jsonMedia, takes: jsonMedia, ...entry }
}

export function stream<Input extends z.ZodType, Item extends z.ZodType>(entry: {
  http: string
  input: Input
  item: Item
}): Stream<Input, Item> {
  return { shape: 'stream', ...entry }
}

export const Nothing = z.strictObject({})
export const RunRef = z.strictObject({ run_id: z.string() })
