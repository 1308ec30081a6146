import { once } from 'node:events'
import http from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../support/embedded-control-plane.ts'
import { asker } from '../contract/check.ts'
import { newAgent } from '../contract/enrolment.ts'

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

test('a key is asked for before a body is read', async () => {
  const { baseUrl, apiKey } = await startEmbedded()
  const ask = asker(baseUrl, apiKey)
  const text = 'x'.repeat(2 * 1024 * 1024)
  expect(await ask('POST', '/api/events', { text })).toMatchObject({ status: 413 })
  expect(await ask('POST', '/api/events', { text, key: null })).toMatchObject({ status: 401 })
})

test.each([{ 'content-type': 'application/json; charset=x' }, { 'content-encoding': 'gzip' }])(
  'a body with %o is refused in JSON',
  async (headers) => {
    const { baseUrl, apiKey } = await startEmbedded()
    expect(await asker(baseUrl, apiKey)('POST', '/api/events', { text: '[]', headers })).toMatchObject({
      status: 400,
      body: { code: 'BODY_INVALID' },
    })
  },
)

test('a capability with more than 256 characters is not listed', async () => {
  const { baseUrl, apiKey } = await startEmbedded()
  const enrol = (length: number) =>
    asker(baseUrl, apiKey)('POST', '/api/registry/enroll', {
      text: newAgent().manifest({ caps: ['x'.repeat(length)] }),
      key: null,
    })
  expect(await enrol(257)).toMatchObject({ status: 400, body: { code: 'MANIFEST_INVALID' } })
  expect((await enrol(256)).status).toBe(200)
})
