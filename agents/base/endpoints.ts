import { serviceAddress, type VerifiedManifest } from '../../src/aitp/index.ts'
import { isLoopbackHost } from './public-address.ts'
import { WorkerError } from './refusal.ts'

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

/** Throws {@link WorkerError}, 409 `origin_mismatch`, unless the tokens of this peer are for that origin. */
export function requireOrigin(peer: VerifiedManifest, expected: string): void {
  const origin = tokenOrigin(peer)
  if (origin === new URL(expected).origin) return
  throw new WorkerError(409, 'origin_mismatch', `the manifest leads to ${origin} and not to ${expected}`)
}

/**
 * Throws {@link WorkerError}, 502 `forbidden_target`, when a manifest from elsewhere leads to this machine: it would
 * have us speak to our own services.
 */
export function refuseWayBack(manifestUrl: string, { body }: VerifiedManifest): void {
  const { hostname, origin } = new URL(body.handshake_endpoint)
  if (!isLoopbackHost(hostname) || isLoopbackHost(new URL(manifestUrl).hostname)) return
  throw new WorkerError(502, 'forbidden_target', `${manifestUrl} leads to ${origin}, which is this machine`)
}

export function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
