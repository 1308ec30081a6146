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
    return await listenAt(server, host, port)
  } catch (error) {
    if (how === 'exactly' || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return listenAt(server, host, 0)
  }
}

/** Listens at one address and gives the port, which is the system's choice for 0. Rejects with what the system says. */
export function listenAt(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
