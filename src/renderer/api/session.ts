import { create } from 'zustand'
import type { ConsoleClient } from '../../shared/client.ts'
import { toAppError } from '../../shared/errors.ts'

const bearerKey = 'aitp-console.bearer'

/** Why this window may not ask the host anything. */
export type SignedOut = 'no_code' | 'code_spent' | 'refused'

interface Session {
  readonly signedOut: SignedOut | null
}

export const useSession = create<Session>()(() => ({ signedOut: null }))

export function readBearer(): string | null {
  return sessionStorage.getItem(bearerKey)
}

/** The host no longer takes what this window presents. */
export function signOut(reason: SignedOut): void {
  sessionStorage.removeItem(bearerKey)
  useSession.setState({ signedOut: reason })
}

/** Exchanges `#code=…` for a bearer and takes the code out of the address, so that it is in no history and no copy. */
export async function spendCode(client: ConsoleClient): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code === null) {
    if (readBearer() === null) signOut('no_code')
    return
  }
  history.replaceState(null, '', `${location.pathname}${location.search}#/`)
  try {
    const { bearer } = await client.call('openSession', { code })
    sessionStorage.setItem(bearerKey, bearer)
  } catch (thrown) {
    if (readBearer() !== null) return
    signOut(toAppError(thrown).code === 'code_spent' ? 'code_spent' : 'refused')
  }
}
