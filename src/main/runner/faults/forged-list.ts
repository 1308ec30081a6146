import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Aitp } from '../../../aitp/index.ts'

export interface ForgedList {
  readonly baseUrl: string
  close(): void
}

/**
 * Serves, on loopback, a revocation list that says it comes from `issuer` and that a key nobody has heard of has
 * signed. It revokes one token that does not exist.
 */
export async function serveForgedList(aitp: Aitp, issuer: string | null): Promise<ForgedList> {
  const now = Math.floor(Date.now() / 1000)
  const stranger = aitp.agentKey(randomBytes(32))
  const { text } = aitp.buildRevocationList(
    issuer === null ? stranger : { ...stranger, aid: aitp.parseAid(issuer) },
    { entries: [{ jti: randomUUID(), revoked_at: now }], publishedAt: now },
  )
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
