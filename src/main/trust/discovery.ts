import type { AgentSpec, TrustSpec } from '../../shared/scenario.ts'

export interface FoundPeer {
  readonly manifest_url: string
  readonly did: string | null
  /** How the address was found. */
  readonly source: 'static'
}

/** Where a worker of this machine publishes its manifest. */
export function localManifestUrl(port: number): string {
  return `http://127.0.0.1:${port}/.well-known/aitp-manifest`
}

/** Decides, for each agent that is ready, where its peers find its manifest. */
export function discover(
  _trust: TrustSpec,
  agents: readonly AgentSpec[],
  portOf: (agentId: string) => number,
): Record<string, FoundPeer> {
  return Object.fromEntries(
    agents.map(({ id }) => [id, { manifest_url: localManifestUrl(portOf(id)), did: null, source: 'static' }]),
  )
}
