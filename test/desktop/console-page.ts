import type { Page } from 'playwright-core'
import type { Answer, ConsoleBridge } from '../../src/shared/bridge.ts'
import type { CallName } from '../../src/shared/contract.ts'

declare global {
  interface Window {
    readonly consoleBridge?: ConsoleBridge
  }
}

/** Asks the host as a script in the page would. */
export function call(of: Page, name: string, input: unknown = {}) {
  return of.evaluate(
    ({ name, input }) => (window.consoleBridge as ConsoleBridge).call(name as CallName, input as never),
    { name, input },
  ) as Promise<Answer<unknown>>
}

/** Waits until the library is on screen. */
export function library(of: Page) {
  return of.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
}
