import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { callNames, contract, streamNames } from '../../src/shared/contract.ts'
import { httpRoute } from '../../src/shared/http-request.ts'
import { startHost } from '../support/host.ts'

/** `fetch` would not let a test choose `Host` and `Origin`. */
function send(port: number, method: string, path: string, headers: Record<string, string>, body = '') {
  return new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      const received = await text(response)
      const code = received.startsWith('{') ? JSON.parse(received).error?.code : undefined
      resolve({ status: response.statusCode ?? 0, code })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const everyRoute = [...callNames, ...streamNames].map((name) => ({ name, ...httpRoute(name) }))

describe('the service API', () => {
  it('asks the bearer on every route but health and the exchange of a code (B-35)', async () => {
    const { port } = await startHost()
    for (const { name, method, path } of everyRoute) {
      const { status } = await send(port, method, path, {})
      if (name === 'health') expect(status).toBe(200)
      else if (name === 'openSession') expect(status).toBe(422)
      else expect({ name, status }).toEqual({ name, status: 401 })
    }
  })

  it('refuses a wrong bearer, a bearer in the query, and a bearer cut short', async () => {
    const { port, bearer } = await startHost()
    for (const authorization of [
      'Bearer wrong',
      `Bearer ${bearer.slice(0, -1)}`,
      `Bearer ${bearer}x`,
      `Basic ${bearer}`,
    ]) {
      expect(await send(port, 'GET', '/runs', { authorization })).toEqual({
        status: 401,
        code: 'unauthorized',
      })
    }
    expect(await send(port, 'GET', `/runs?bearer=${bearer}`, {})).toEqual({
      status: 401,
      code: 'unauthorized',
    })
    expect((await send(port, 'GET', '/runs', { authorization: `Bearer ${bearer}` })).status).toBe(200)
  })

  it('refuses a foreign Host on every route, health included: a name that was rebound to 127.0.0.1', async () => {
    const { port, bearer } = await startHost()
    for (const host of [
      'attacker.example',
      `attacker.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `0.0.0.0:${port}`,
    ]) {
      for (const { method, path } of everyRoute) {
        const answer = await send(port, method, path, { host, authorization: `Bearer ${bearer}` })
        expect({ host, path, ...answer }).toEqual({ host, path, status: 403, code: 'forbidden_host' })
      }
    }
  })

  it('accepts both of its own names', async () => {
    const { port } = await startHost()
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await send(port, 'GET', '/healthz', { host })).status).toBe(200)
    }
  })

  it('refuses a foreign Origin, and a page of another site or port, bearer or not', async () => {
    const { port, bearer } = await startHost()
    const authorization = `Bearer ${bearer}`
    const foreign = [
      { origin: 'https://attacker.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `https://127.0.0.1:${port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of foreign) {
      expect(
        await send(port, 'GET', '/runs', { authorization, ...(headers as Record<string, string>) }),
      ).toEqual({
        status: 403,
        code: 'forbidden_origin',
      })
    }
    expect(
      (
        await send(port, 'GET', '/runs', {
          authorization,
          origin: `http://127.0.0.1:${port}`,
          'sec-fetch-site': 'same-origin',
        })
      ).status,
    ).toBe(200)
  })

  it('limits bodies, and says what is wrong with one that is no JSON', async () => {
    const { port, bearer } = await startHost()
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    expect(
      await send(port, 'POST', '/runs', headers, JSON.stringify({ scenario_ref: 'x'.repeat(2_000_000) })),
    ).toEqual({
      status: 413,
      code: 'body_too_large',
    })
    expect(await send(port, 'POST', '/runs', headers, '{')).toEqual({ status: 422, code: 'invalid_body' })
  })

  it('takes telemetry only under the secret of an agent of a run going on (B-28)', async () => {
    const { port, bearer } = await startHost()
    const body = JSON.stringify({ items: [] })
    for (const authorization of ['', `Bearer ${bearer}`, 'Bearer guess']) {
      const headers = { authorization, 'content-type': 'application/json' }
      expect(await send(port, 'POST', '/internal/telemetry', headers, body)).toEqual({
        status: 403,
        code: 'telemetry_refused',
      })
    }
  })

  it('has one route for each entry, each under its own method', () => {
    const routes = everyRoute.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(routes).size).toBe(Object.keys(contract).length)
  })
})
