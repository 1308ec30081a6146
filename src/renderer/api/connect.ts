import { bridgeName, type ConsoleBridge } from '../../shared/bridge.ts'
import type { ConsoleClient } from '../../shared/client.ts'
import { createHttpClient } from '../../shared/http-client.ts'
import { createIpcClient } from './ipc-client.ts'
import { readBearer, spendCode } from './session.ts'

declare global {
  interface Window {
    readonly [bridgeName]?: ConsoleBridge
  }
}

/** The bridge of the desktop where there is one, else HTTP to the origin that served this page. */
export async function connect(): Promise<ConsoleClient> {
  const bridge = window[bridgeName]
  if (bridge) return createIpcClient(bridge)
  const client = createHttpClient({
    baseUrl: '',
    bearer: readBearer,
    fetch: (url, { signal, ...init }) =>
      fetch(url, { ...init, signal: signal instanceof AbortSignal ? signal : null, cache: 'no-store' }),
    createAbort: () => new AbortController(),
    createDecoder: () => new TextDecoder(),
  })
  await spendCode(client)
  return client
}
