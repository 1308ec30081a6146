import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { type OpenEmbedded, openEmbedded } from './embedded-control-plane.ts'

/**
 * How a Control Plane fails: `absent` refuses connections, `hangs` never answers, `is slow` answers after the time
 * limit, `talks nonsense` answers what nobody asked, the next three refuse, and the last two work for some requests first.
 */
export const troubles = [
  'absent',
  'hangs',
  'is slow',
  'talks nonsense',
  'refuses the key',
  'is overrun',
  'fails',
  'dies on the way',
  'falls silent on the way',
] as const
export type Trouble = (typeof troubles)[number]

export interface TroubledControlPlane {
  readonly baseUrl: string
  readonly apiKey: string
  readonly aid: string
  /** How it behaves from now on; `null`: as it should. */
  become(trouble: Trouble | null): void
  /** Requests since it last became something. */
  readonly asked: () => number
  close(): Promise<void>
}

/** Requests that are answered as they should be, before something happens on the way. */
const before = 4

/** A real Control Plane behind a door at which anything can go wrong. */
export async function openTroubled(slowMs: number): Promise<TroubledControlPlane> {
  const real = await openEmbedded({ seed: randomBytes(32) })
  let trouble: Trouble | null = null
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    serve(request, response).catch(() => response.destroy())
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const isOnTheWay = trouble === 'dies on the way' || trouble === 'falls silent on the way'
    if (isOnTheWay && asked <= before) return passOn(real, request, body, response)
    switch (trouble) {
      case null:
        return passOn(real, request, body, response)
      case 'absent':
      case 'dies on the way':
        return void response.destroy()
      case 'hangs':
      case 'falls silent on the way':
        return
      case 'is slow':
        await delay(slowMs, undefined, { ref: false })
        return passOn(real, request, body, response)
      case 'talks nonsense':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('[{"aid": 7}, null')
      case 'refuses the key':
        return refuse(response, 401, 'INVALID_API_KEY')
      case 'is overrun':
        return refuse(response, 429, 'RATE_LIMITED')
      case 'fails':
        return void response.writeHead(500).end()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: real.apiKey,
    aid: real.aid,
    become(next) {
      trouble = next
      asked = 0
    },
    asked: () => asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await real.close()
    },
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: 'no', code }))
}

async function passOn(
  { baseUrl }: OpenEmbedded,
  { method = 'GET', url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(`${baseUrl}${url}`, {
    method,
    headers: {
      ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
      'content-type': headers['content-type'] ?? 'application/json',
    },
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  response.end(await answer.text())
}
