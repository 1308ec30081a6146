import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { NoAnswer, sendRequest, type Transport } from '../network/send-request.ts'

/** Holds a message back while its sender's time limit runs. */
export function delayed(ms: number): Transport {
  return async (request, terms) => {
    const left = request.timeoutMs - ms
    await wait(Math.min(ms, request.timeoutMs))
    if (left <= 0) throw new NoAnswer(`${request.url} did not answer within ${request.timeoutMs} ms`)
    return sendRequest({ ...request, timeoutMs: left }, terms)
  }
}

/** Swallows a message: it is really sent, to a listener that reads it and says nothing. */
export function swallowed(ms: number): Transport {
  return async (request, terms) => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.resume()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      return await sendRequest({ ...request, url: `http://127.0.0.1:${port}/`, timeoutMs: ms }, terms)
    } catch (cause) {
      throw new NoAnswer(`${request.url} did not answer within ${ms} ms`, { cause })
    } finally {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}
