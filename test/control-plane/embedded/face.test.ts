import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createAitp } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { startEmbeddedControlPlane } from '../../../src/main/control-plane/embedded/embedded-control-plane.ts'
import { temporaryFolder } from '../../support/folders.ts'

const aitp = createAitp(nodeEngine)

test('says who it is, and refuses in JSON', async () => {
  const controlPlane = await startEmbeddedControlPlane({
    aitp,
    file: join(temporaryFolder(), 'control-plane.db'),
    apiKey: 'k'.repeat(32),
    seed: randomBytes(32),
    port: 0,
    log: pino({ level: 'silent' }),
  })
  onTestFinished(controlPlane.close)
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${controlPlane.baseUrl}${path}`, init)
    return { status: response.status, headers: response.headers, body: await response.text() }
  }

  const health = await ask('/api/health', { headers: { 'x-request-id': 'abc' } })
  expect(JSON.parse(health.body)).toEqual({
    ok: true,
    service: 'aitp-control-plane',
    aid: controlPlane.aid,
    db: 'ok',
  })
  expect(health.headers.get('x-request-id')).toBe('abc')

  const manifest = await ask('/.well-known/aitp-manifest')
  const verified = aitp.verifyManifest(manifest.body, {
    now: Math.floor(Date.now() / 1000),
    allowLoopbackHttp: true,
  })
  expect(verified.aid).toBe(controlPlane.aid)

  expect(await ask('/api/health', { method: 'POST' })).toMatchObject({ status: 405 })
  expect(await ask('/api/nothing')).toMatchObject({ status: 401 })
  const key = { headers: { authorization: `Bearer ${'k'.repeat(32)}` } }
  expect(await ask('/api/nothing', key)).toMatchObject({ status: 404 })
  const foreign = await ask('/api/health', { headers: { origin: 'http://elsewhere.example' } })
  expect(foreign).toMatchObject({ status: 403 })
  expect(JSON.parse(foreign.body)).toMatchObject({ code: 'FORBIDDEN_ORIGIN' })
})
