import { expect, test } from 'vitest'
import { errorBody, toAppError } from '../../src/shared/errors.ts'
import { createHttpClient } from '../../src/shared/http-client.ts'
import type { ConsolePage } from './console-page.ts'
import { accepted } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()

test('the same build works over the bridge of the desktop, without a bearer and without HTTP', async () => {
  it.host.play(accepted, 7)
  const console = await it.open()
  await putBridge(console)
  const asked: string[] = []
  console.page.on('request', (request) => {
    if (request.resourceType() === 'fetch') asked.push(request.url())
  })
  await console.page.goto(`${console.address}/#/runs/${accepted.run.run_id}?lens=timeline`)
  await console.page.getByText('7 of 7 events').waitFor()
  it.host.advance(accepted.run.run_id, 100)
  await console.verdict.getByText('It ran to the end.').waitFor()
  await console.lens('Sequence').click()
  await console.sequenceRows.nth(1).click()
  await console.inspector.getByText('There is nothing in it that could be verified.').waitFor()
  expect(asked).toEqual([])
})

test('an error that crossed the bridge is the host’s own', async () => {
  const console = await it.open()
  await putBridge(console)
  await console.page.goto(`${console.address}/#/runs/no-such-run`)
  await console.page.getByText('There is no run no-such-run.').waitFor()
})

/** Puts on the window what preload would; behind it the test asks the recorded host. */
async function putBridge({ page, address, host }: ConsolePage): Promise<void> {
  const client = createHttpClient({
    baseUrl: address,
    bearer: () => host.bearer,
    fetch: (url, { signal, ...init }) => fetch(url, { ...init, signal: signal as AbortSignal }),
    createAbort: () => new AbortController(),
    createDecoder: () => new TextDecoder(),
  })
  await page.exposeFunction('bridgeCall', async (name: Parameters<typeof client.call>[0], input: never) => {
    try {
      return { ok: true, value: await client.call(name, input) }
    } catch (thrown) {
      return { ok: false, body: errorBody(toAppError(thrown)) }
    }
  })
  const tell = (id: number, kind: string, value?: unknown) =>
    page
      .evaluate((message) => dispatchEvent(new CustomEvent('bridge', { detail: message })), {
        id,
        kind,
        value,
      })
      .catch(() => {}) // the page is gone
  await page.exposeFunction('bridgeSubscribe', (id: number, name: 'runEvents', input: { run_id: string }) => {
    client.subscribe(name, input, {
      item: (item) => void tell(id, 'item', item),
      end: () => void tell(id, 'end'),
      error: (body) => void tell(id, 'error', body),
    })
  })
  await page.addInitScript(() => {
    const outside = globalThis as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>
    let count = 0
    Object.assign(globalThis, {
      consoleBridge: {
        call: (name: string, input: unknown) => outside['bridgeCall']?.(name, input),
        subscribe(name: string, input: unknown, listener: Record<string, (value: unknown) => void>) {
          count += 1
          const id = count
          const hear = (event: Event) => {
            const { detail } = event as CustomEvent<{ id: number; kind: string; value: unknown }>
            if (detail.id === id) listener[detail.kind]?.(detail.value)
          }
          addEventListener('bridge', hear)
          void outside['bridgeSubscribe']?.(id, name, input)
          return () => removeEventListener('bridge', hear)
        },
      },
    })
  })
}
