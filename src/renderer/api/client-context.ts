import { createContext, use } from 'react'
import type { ConsoleClient } from '../../shared/client.ts'

export const ClientContext = createContext<ConsoleClient | null>(null)

/** The host, whichever way it is reached. */
export function useClient(): ConsoleClient {
  const client = use(ClientContext)
  if (!client) throw new TypeError('useClient outside of ClientContext')
  return client
}
