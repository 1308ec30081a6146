import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { otherPaths } from '../../src/main/api/open-routes.ts'
import { callNames, contract, streamNames } from '../../src/shared/contract.ts'
import { httpRoute } from '../../src/shared/http-request.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { serveLogs, bearer as serviceBearer } from '../support/log-service.ts'
import { openStoreAt } from '../support/open-store.ts'
import { repositoryRoot } from '../support/repository.ts'

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

/** Sends the head of a request, whose body then never comes. */
function announce(port: number, method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      const received = await text(response)
      outgoing.destroy()
      resolve({ status: response.statusCode ?? 0, code: JSON.parse(received).error?.code })
    })
    outgoing.on('error', reject)
    outgoing.flushHeaders()
  })
}

const ofContract = [...callNames, ...streamNames].map((name) => ({ ...httpRoute(name) }))
const beside = [...otherPaths].flatMap(([path, methods]) => methods.map((method) => ({ method, path })))
const everyRoute = [...ofContract, ...beside]

/** Routes without the bearer, and what they say to somebody who has nothing (decision 6). */
const withoutBearer: Readonly<Record<string, number>> = {
  'GET /healthz': 200,
  'POST /session': 422,
  'POST /internal/telemetry': 403,
  'POST /webhooks/cp/:run_id': 404,
  'GET /docs': 200,
  'GET /dashboard': 200,
}

/** Of reports not even the length is asked before the secret, which is no bearer. */
const unread = (path: string) =>
  path === '/internal/telemetry' ? { path, status: 403, code: 'telemetry_refused' } : null

/** With pages, so that the routes of pages are there. */
const startGuarded = () => startHost({ pagesDir: join(repositoryRoot, 'out', 'renderer') })

describe('the service API', () => {
  it('asks the bearer on every route but those that are named, under every method (B-35)', async () => {
    const { port } = await startGuarded()
    for (const { method, path } of everyRoute) {
      const { status } = await send(port, method, path, {})
      const route = `${method} ${path}`
      expect({ route, status }).toEqual({ route, status: withoutBearer[route] ?? 401 })
    }
    for (const [method, path] of [
      ['PUT', '/healthz'],
      ['OPTIONS', '/runs'],
      ['GET', '/session'],
      ['GET', '/webhooks/cp/x'],
      ['POST', '/webhooks/cp/x/y'],
      ['GET', '/openapi.json'],
      ['GET', '/nothing'],
    ] as const) {
      expect({ path, ...(await send(port, method, path, {})) }).toMatchObject({ path, status: 401 })
    }
  })

  it('refuses a wrong bearer on every route that asks one', async () => {
    const { port } = await startGuarded()
    for (const { method, path } of everyRoute) {
      if (withoutBearer[`${method} ${path}`] !== undefined) continue
      const answer = await send(port, method, path, { authorization: 'Bearer wrong' })
      expect({ path, ...answer }).toEqual({ path, status: 401, code: 'unauthorized' })
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
    const { port, bearer } = await startGuarded()
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
    const { port, bearer } = await startGuarded()
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
      for (const { method, path } of everyRoute) {
        const answer = await send(port, method, path, {
          authorization,
          ...(headers as Record<string, string>),
        })
        expect({ path, ...answer }).toEqual({ path, status: 403, code: 'forbidden_origin' })
      }
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

  it('limits the body of every route that takes one', async () => {
    const { port, bearer } = await startHost()
    const authorization = `Bearer ${bearer}`
    for (const { method, path } of everyRoute) {
      if (method !== 'POST') continue
      const type = path === '/runs/import' ? 'application/x-ndjson' : 'application/json'
      const headers = { authorization, 'content-type': type, 'content-length': String(300 * 1024 * 1024) }
      const answer = await announce(port, method, path, headers)
      expect({ path, ...answer }).toEqual(unread(path) ?? { path, status: 413, code: 'body_too_large' })
    }
  })

  it('gives up on a body that does not come, on every route that takes one', async () => {
    const opened = openStoreAt(join(temporaryFolder(), 'console.db'))
    const service = await serveLogs(opened, { bodyMs: 50 })
    onTestFinished(async () => {
      await service.close()
      opened.database.close()
    })
    const authorization = `Bearer ${serviceBearer}`
    for (const { method, path } of everyRoute) {
      if (method !== 'POST') continue
      const type = path === '/runs/import' ? 'application/x-ndjson' : 'application/json'
      const headers = { authorization, 'content-type': type, 'content-length': '100' }
      const answer = await announce(service.port, method, path, headers)
      expect({ path, ...answer }).toEqual(unread(path) ?? { path, status: 408, code: 'body_too_slow' })
    }
    const whole = await send(service.port, 'POST', '/session', { 'content-type': 'application/json' }, '{}')
    expect(whole).toEqual({ status: 422, code: 'invalid_body' })
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

  it('reads nothing of a report whose secret it does not know, and unpacks no body', async () => {
    const { port, bearer } = await startHost()
    const type = { 'content-type': 'application/json' }
    // Would be refused for its form, if anybody looked at it.
    expect(
      await send(port, 'POST', '/internal/telemetry', { ...type, authorization: 'Bearer guess' }, '['),
    ).toEqual({ status: 403, code: 'telemetry_refused' })
    const packed = { ...type, authorization: `Bearer ${bearer}`, 'content-encoding': 'gzip' }
    expect(await send(port, 'POST', '/runs', packed, '{}')).toEqual({ status: 422, code: 'invalid_body' })
  })

  it('names the type that a body must have', async () => {
    const { port, bearer } = await startHost()
    const response = await fetch(`http://127.0.0.1:${port}/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'text/plain' },
      body: '{"scenario_ref":"x"}',
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_body', message: expect.stringContaining('Content-Type: application/json') },
    })
  })

  it('is not held open by who is turned away', async () => {
    const host = await startHost()
    const knock = setInterval(
      () => void send(host.port, 'GET', '/runs', { origin: 'http://elsewhere.example' }),
      50,
    )
    await host.quiet()
    clearInterval(knock)
  })

  it('has one route for each entry, each under its own method', () => {
    const routes = ofContract.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(routes).size).toBe(Object.keys(contract).length)
  })
})
