import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  didDocumentUrl,
  didOf,
  effectiveHost,
  hostOfDid,
  resolveDidWeb,
} from '../../src/main/trust/did-web.ts'

const never = new AbortController().signal

async function serveDocument(
  make: (did: string, path: string) => { status?: number; headers?: Record<string, string>; body: unknown },
) {
  let did = ''
  const server = createServer((request, response) => {
    const { status = 200, headers = {}, body } = make(did, request.url ?? '')
    response
      .writeHead(status, { 'content-type': 'application/did+json', ...headers })
      .end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  did = didOf(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  return did
}

const document = (id: string, service: unknown) => ({ body: { '@context': [], id, service } })
const manifestService = { id: '#aitp', type: 'AitpManifest', serviceEndpoint: 'http://127.0.0.1:9/' }
const serviceOf = (did: string) => ({ ...manifestService, serviceEndpoint: `http://${hostOfDid(did)}/` })

describe('resolveDidWeb', () => {
  it('gives the manifest address of the first AitpManifest service', async () => {
    const did = await serveDocument((id) =>
      document(id, [{ ...manifestService, type: 'Other' }, serviceOf(id)]),
    )
    expect(await resolveDidWeb(did, '', never)).toBe(`http://${hostOfDid(did)}/.well-known/aitp-manifest`)
  })

  it.each([
    [
      'a document about another identifier (B-56)',
      () => document('did:web:elsewhere', [manifestService]),
      /is about did:web:elsewhere/,
    ],
    [
      'a document that leads to another port (B-56)',
      (id: string) => document(id, [manifestService]),
      /is not the host of did:web:127/,
    ],
    ['a document without the service', (id: string) => document(id, []), /names no AitpManifest/],
    ['an answer that is no document', () => ({ body: 'hello' }), /no DID document/],
    ['another status', (id: string) => ({ ...document(id, [manifestService]), status: 500 }), /answered 500/],
    [
      'a redirect',
      (id: string, path: string) =>
        path === '/there'
          ? document(id, [manifestService])
          : { status: 302, headers: { location: '/there' }, body: '' },
      /fetch failed/,
    ],
    ['more than a document is', (id: string) => document(`${id}${'x'.repeat(70_000)}`, []), /more than/],
  ])('refuses %s', async (_what, make, message) => {
    await expect(resolveDidWeb(await serveDocument(make), '', never)).rejects.toThrow(message)
  })

  it('takes identifiers of a host only', async () => {
    for (const did of ['did:key:z', 'did:web:', 'did:web:a%2Fb', 'did:web:a:path'])
      await expect(resolveDidWeb(did, '', never)).rejects.toThrow('no did:web identifier')
  })

  it.each([
    ['127.0.0.1:1', '', 'http'],
    ['org-a.aitp.test:1', '', 'https'],
    ['org-a.aitp.test:1', '.aitp.test', 'http'],
    ['aitp.test:1', '.aitp.test:9100', 'http'],
    ['notaitp.test:1', '.aitp.test', 'https'],
    ['Org-a.aitp.test:1', 'org-a.aitp.test:9100, other', 'http'],
  ])('asks %s with the list "%s" over %s', (host, listed, scheme) => {
    expect(didDocumentUrl(didOf(host), listed)).toBe(`${scheme}://${host}/.well-known/did.json`)
  })
})

describe('effectiveHost', () => {
  it('puts the port that is listened on behind loopback names only (B-47)', () => {
    expect(effectiveHost('localhost:8101', 40_001)).toBe('localhost:40001')
    expect(effectiveHost('127.0.0.1', 40_001)).toBe('127.0.0.1:40001')
    expect(effectiveHost('org-a.aitp.test:9100', 40_001)).toBe('org-a.aitp.test:9100')
    expect(didOf('localhost:40001')).toBe('did:web:localhost%3A40001')
  })
})
