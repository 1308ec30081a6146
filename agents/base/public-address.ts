import type { Bootstrap } from '../../src/shared/bootstrap.ts'

/** Under which names this agent is reached. */
export interface PublicAddress {
  /** What its manifest advertises, without a slash at the end. */
  readonly origin: string
  /** Host and port of its `did:web` name; `null` when it has none. */
  readonly didHost: string | null
  readonly didScheme: 'http' | 'https'
  /** Every `Host` value that means this agent, besides the loopback ones of its port. */
  readonly authorities: readonly string[]
  /** Reached under a public name, hence by peers that nobody could pin beforehand. */
  readonly isOpen: boolean
}

/** @param port the port this agent really listens on */
export function publicAddress(
  { public_origin, did_web_host, did_web_scheme }: Bootstrap['aitp'],
  port: number,
): PublicAddress {
  const origin = public_origin === null ? `http://127.0.0.1:${port}` : new URL(public_origin).origin
  const didHost = did_web_host === null ? null : withRealPort(did_web_host, new URL(origin).port)
  const authorities = [
    ...(public_origin === null ? [] : [new URL(origin).host]),
    ...(didHost === null ? [] : [didHost]),
  ]
  return { origin, didHost, didScheme: did_web_scheme, authorities, isOpen: public_origin !== null }
}

/** Whether a name or address can only mean this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
}

/** A scenario writes the port it hopes for; on this machine the one that the agent is reached at is the right one. */
function withRealPort(host: string, port: string): string {
  const { hostname } = new URL(`http://${host}`)
  return isLoopbackHost(hostname) && port !== '' ? `${hostname}:${port}` : host
}
