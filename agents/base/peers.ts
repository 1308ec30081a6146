import type { Aid, Aitp, PinStore } from '../../src/aitp/index.ts'
import type { Peer } from '../../src/shared/admin.ts'
import { WorkerError } from './refusal.ts'

/** Who this agent's peers are, and which key each must show. */
export interface Peers {
  replace(peers: readonly Peer[]): void
  /** The AIDs that may shake hands with this agent. */
  aids(): Aid[]
  pins(): PinStore
  byManifestUrl(url: string): (Peer & { readonly aid: Aid }) | undefined
  byAid(aid: string): (Peer & { readonly aid: Aid }) | undefined
  /** The host has named this machine, of somebody who is no peer of the run. */
  noteHostname(hostname: string): void
  /** Whether the host has named an address of this machine. */
  hasHostname(hostname: string): boolean
}

export function createPeers(aitp: Aitp): Peers {
  let known: (Peer & { readonly aid: Aid })[] = []
  const named = new Set<string>()
  return {
    replace(peers) {
      known = peers.map((peer) => ({ ...peer, aid: aitp.parseAid(peer.aid) }))
    },
    aids: () => known.map(({ aid }) => aid),
    pins: () => known.map(({ aid }) => ({ aid })),
    byManifestUrl: (url) => known.find(({ manifest_url }) => manifest_url === url),
    byAid: (aid) => known.find((peer) => peer.aid === aid),
    noteHostname: (hostname) => void named.add(hostname),
    hasHostname: (hostname) =>
      named.has(hostname) || known.some(({ manifest_url }) => new URL(manifest_url).hostname === hostname),
  }
}

/** Where the host says that an agent is. Throws {@link WorkerError}, 412, for one it has not named. */
export function namedOrigin(peers: Peers, aid: string): string {
  const peer = peers.byAid(aid)
  if (!peer) throw new WorkerError(412, 'unknown_peer', `the host has named no agent ${aid}`)
  return new URL(peer.manifest_url).origin
}
