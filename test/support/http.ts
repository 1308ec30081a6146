import type { ConsoleClient } from '../../src/shared/client.ts'
import { createHttpClient } from '../../src/shared/http-client.ts'

/** The contract over HTTP, as another program would use it. */
export function httpClient(port: number, bearer: string | null): ConsoleClient {
  return createHttpClient({
    baseUrl: `http://127.0.0.1:${port}`,
    bearer: () => bearer,
    fetch: (url, { signal, ...init }) => fetch(url, { ...init, signal: signal as AbortSignal }),
    createAbort: () => new AbortController(),
    createDecoder: () => new TextDecoder(),
  })
}
