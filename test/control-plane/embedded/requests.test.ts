import { once } from 'node:events'
import http from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../support/embedded-control-plane.ts'

/** The head of a request whose body never comes whole. */
async function stalled(baseUrl: string, key: string | null) {
  const request = http.request(`${baseUrl}/api/events`, {
    method: 'POST',
    headers: { 'content-length': '100', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
  })
  request.on('error', () => undefined)
  request.write('[')
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const body = await json(response)
  await once(request, 'close')
  return { status: response.statusCode, body }
}

test('who shows no key is refused without a wait for the body, which may not come later either', async () => {
  const { baseUrl } = await startEmbedded({ settings: { bodyMs: 200 } })
  expect(await stalled(baseUrl, null)).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } })
})

test('a body that does not come is refused in time, and the connection ends', async () => {
  const { baseUrl, apiKey } = await startEmbedded({ settings: { bodyMs: 50 } })
  expect(await stalled(baseUrl, apiKey)).toMatchObject({ status: 408, body: { code: 'BODY_TOO_SLOW' } })
})
