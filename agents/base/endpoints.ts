import { serviceAddress, type VerifiedManifest } from '../../src/aitp/index.ts'

/** The routes below a handshake endpoint. */
export type HandshakeRoute = 'hello' | 'commit' | 'renew'

/**
 * Where a peer takes a message of the handshake. What it is relative to is published in several ways: with a slash at
 * the end, without one, and as the address of the hello itself.
 */
export function handshakeUrl({ body }: VerifiedManifest, route: HandshakeRoute): URL {
  const base = body.handshake_endpoint.replace(/\/hello\/?$/, '')
  return new URL(route, base.endsWith('/') ? base : `${base}/`)
}

/** Where a peer renews its tokens. Another origin than that of its handshake would be given a token bound to that. */
export function renewalUrl(peer: VerifiedManifest): URL {
  const announced = serviceAddress(peer, 'renew')
  return announced?.isSameOrigin ? new URL(announced.url) : handshakeUrl(peer, 'renew')
}

/** Where a peer redeems delegations of what it granted. */
export function redemptionUrl(peer: VerifiedManifest): URL {
  const announced = serviceAddress(peer, 'redeem')
  return announced?.isSameOrigin
    ? new URL(announced.url)
    : new URL('/aitp/delegation/redeem', peer.body.handshake_endpoint)
}

/** The one origin to which a token of this peer may be sent. */
export function tokenOrigin({ body }: VerifiedManifest): string {
  return new URL(body.handshake_endpoint).origin
}

export function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
