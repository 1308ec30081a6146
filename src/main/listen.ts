import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const host = '127.0.0.1'

/** Beyond the first. */
const portsTried = 100

/** Listens on loopback and gives the port. Rejects with `EADDRINUSE` when it is taken, unless any other will do. */
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

/**
 * Listens at the first port that is free, of one hundred and one; 0 lets the system choose. Rejects with `EADDRINUSE` when
 * none is, naming the last.
 */
export async function listenFrom(server: Server, address: string, first: number): Promise<number> {
  const last = first === 0 ? 0 : Math.min(first + portsTried, 65_535)
  for (let port = first; ; port += 1) {
    try {
      return await listenAt(server, address, port)
    } catch (error) {
      if (port >= last || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
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
