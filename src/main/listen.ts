import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const host = '127.0.0.1'

/**
 * Listens on loopback and gives the port, which is the system's choice for 0. Rejects with `EADDRINUSE` when the port is
 * taken, unless any other will do.
 */
export async function listenOnLoopback(
  server: Server,
  port: number,
  how: 'exactly' | 'or any',
): Promise<number> {
  try {
    return await bind(server, port)
  } catch (error) {
    if (how === 'exactly' || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return bind(server, 0)
  }
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
