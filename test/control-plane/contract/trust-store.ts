import { expect } from 'vitest'
import { type Check, fresh } from './check.ts'

const pubkey = 'A'.repeat(43)

export const trustStoreChecks: Check[] = [
  {
    row: 2,
    title: 'an anchor is made, listed, read, changed and removed',
    async run({ ask }) {
      const { run } = fresh()
      const issuerUrl = `https://idp.example/${run}`
      const made = await ask('POST', '/api/trust-anchors', { body: { issuerUrl, namespace: run } })
      expect(made).toMatchObject({
        status: 201,
        body: { issuerUrl, namespace: run, jwksUrl: null, label: null, jwksCachedAt: null },
      })
      const { id } = made.body
      const listed = await ask('GET', `/api/trust-anchors?namespace=${run}`)
      expect(listed.body).toEqual({ trustAnchors: [made.body] })
      const path = `/api/trust-anchors/${id}`
      const { addedBy: _, ...shown } = made.body
      expect((await ask('GET', path)).body).toEqual(shown)
      const changed = await ask('PATCH', path, { body: { label: 'ours', jwksUrl: null } })
      expect(changed).toMatchObject({ status: 200, body: { label: 'ours', issuerUrl } })
      expect((await ask('DELETE', path)).status).toBe(204)
      expect(await ask('GET', path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    },
  },
  {
    row: 2,
    title: 'a second anchor of one issuer is refused with the first',
    original: 'answers 500 without a body (D-07)',
    async run({ ask }) {
      const { run } = fresh()
      const body = { issuerUrl: `https://idp.example/${run}`, namespace: run }
      const first = await ask('POST', '/api/trust-anchors', { body })
      expect(await ask('POST', '/api/trust-anchors', { body })).toMatchObject({
        status: 409,
        body: { code: 'ALREADY_EXISTS', existing: { id: first.body.id } },
      })
    },
  },
  {
    row: 2,
    title: 'an anchor is an http or https address',
    async run({ ask }) {
      for (const issuerUrl of ['ftp://x.example', 'x', undefined])
        expect(await ask('POST', '/api/trust-anchors', { body: { issuerUrl } })).toMatchObject({
          status: 400,
          body: { code: 'BODY_INVALID' },
        })
    },
  },
  {
    row: 1,
    title: 'an id that is no UUID is 404',
    original: 'answers 500 (D-08)',
    async run({ ask }) {
      for (const path of ['/api/trust-anchors/x', '/api/webhooks/x'])
        for (const method of ['PATCH', 'DELETE'])
          expect(await ask(method, path, { body: {} })).toMatchObject({
            status: 404,
            body: { code: 'NOT_FOUND' },
          })
    },
  },
  {
    row: 2,
    title: 'a key is pinned, replaced, read and removed',
    async run({ ask }) {
      const { run, aid } = fresh()
      const pin = (body: object) =>
        ask('POST', '/api/pinned-keys', { body: { aid: aid('x'), namespace: run, ...body } })
      const first = await pin({ pubkey, label: 'one' })
      expect(first).toMatchObject({
        status: 201,
        body: { aid: aid('x'), pubkey, label: 'one', expiresAt: null },
      })
      const second = await pin({ pubkey: 'B'.repeat(43), expiresAt: '2030-01-01T00:00:00Z' })
      expect(second.body).toMatchObject({
        pubkey: 'B'.repeat(43),
        label: null,
        expiresAt: '2030-01-01T00:00:00.000Z',
        createdAt: first.body.createdAt,
      })
      const query = `aid=${encodeURIComponent(aid('x'))}&namespace=${run}`
      expect((await ask('GET', `/api/pinned-keys?namespace=${run}`)).body).toEqual({
        pinnedKeys: [second.body],
      })
      expect((await ask('GET', `/api/pinned-keys?${query}`)).body).toEqual(second.body)
      expect(await ask('DELETE', '/api/pinned-keys')).toMatchObject({
        status: 400,
        body: { code: 'BAD_REQUEST' },
      })
      expect((await ask('DELETE', `/api/pinned-keys?${query}`)).status).toBe(204)
      for (const method of ['GET', 'DELETE'])
        expect(await ask(method, `/api/pinned-keys?${query}`)).toMatchObject({ status: 404 })
    },
  },
  {
    row: 2,
    title: 'a key is 43 characters of base64url',
    async run({ ask }) {
      for (const key of ['A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, undefined])
        expect(await ask('POST', '/api/pinned-keys', { body: { aid: 'x', pubkey: key } })).toMatchObject({
          status: 400,
          body: { code: 'BODY_INVALID' },
        })
    },
  },
  {
    row: 2,
    title: 'who added and who changed is recorded by name, never with a secret',
    original: 'records no actor, and a webhook’s new secret in clear (D-14)',
    async run({ ask }) {
      const { run, aid } = fresh()
      const headers = { 'x-request-id': run }
      const { body } = await ask('POST', '/api/pinned-keys', {
        body: { aid: aid('x'), namespace: run, pubkey },
        headers,
      })
      expect(body.addedBy).toMatch(/^apikey:[0-9a-f]{16}$/)
      const { entries } = (await ask('GET', '/api/audit?limit=1')).body
      expect(entries).toMatchObject([
        { action: 'pinned-key.upsert', actorId: body.addedBy, targetId: aid('x'), requestId: run },
      ])
    },
  },
]
