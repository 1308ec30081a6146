import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { askAgent } from '../../src/main/hosting/admin-client.ts'
import { fetchVerifiedManifest } from '../../src/main/trust/pin-check.ts'

const never = new AbortController().signal

/** A worker that answers everything with a text of so many bytes. */
async function verbose(bytes: number) {
  const server = createServer((_request, response) => response.end(`"${'x'.repeat(bytes - 2)}"`))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    agentId: 'verbose',
    port,
    secret: 's',
    aid: createAitp(nodeEngine).agentKey(new Uint8Array(32)).aid,
  }
}

const call = {
  method: 'GET',
  path: '/admin/x',
  answer: z.string(),
  timeoutMs: 10_000,
  operation: '00000000000000aa',
  traceId: '0000000000000000000000000000000b',
  signal: never,
} as const

it('an answer of a worker to the host is read up to 8 MiB', async () => {
  const limit = 8 * 1024 * 1024
  expect(await askAgent(await verbose(limit), call)).toHaveLength(limit - 2)
  await expect(askAgent(await verbose(limit + 1), call)).rejects.toMatchObject({
    code: 'agent_unreachable',
    message: expect.stringMatching(
      /^Agent verbose .* gave an answer of more than 8388608 bytes to \/admin\/x\.$/,
    ),
  })
})

it('a manifest of a worker is read up to 256 KiB', async () => {
  const limit = 256 * 1024
  const aitp = createAitp(nodeEngine)
  await expect(fetchVerifiedManifest(aitp, await verbose(limit), never)).rejects.toThrow(/object|manifest/i)
  await expect(fetchVerifiedManifest(aitp, await verbose(limit + 1), never)).rejects.toThrow(
    /answered with more than 262144 bytes/,
  )
})
