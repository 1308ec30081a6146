import type { AgentSpec, ScenarioFile } from '../../shared/scenario.ts'
import type { ControlPlane } from '../control-plane/client.ts'
import { didOf, effectiveHost, resolveDidWeb } from './did-web.ts'

/** How an address was found: written down, from a DID document, from the registry, or in place of what was not found. */
export type DiscoverySource = 'static' | 'did_web' | 'cp_registry' | 'static_fallback' | 'remote'

export interface FoundPeer {
  readonly manifest_url: string
  readonly did: string | null
  /** Who must answer there; `null` while nothing says who a remote agent is. */
  readonly aid: string | null
  readonly source: DiscoverySource
  /** Why the address is not the one that discovery was to find. */
  readonly warning?: string
}

/** What discovery goes by; `local` is an agent of ours that is ready. */
export interface DiscoveryTerms {
  readonly spec: Pick<ScenarioFile['spec'], 'agents' | 'trust' | 'workflow'>
  readonly local: (agentId: string) => { readonly port: number; readonly aid: string }
  readonly offered: (agentId: string) => readonly string[]
  readonly controlPlane: ControlPlane | null
  readonly insecureHosts: string
  readonly signal: AbortSignal
}

/** Where every agent publishes its manifest. */
export const manifestPath = '/.well-known/aitp-manifest'

/** Where a worker of this machine publishes its manifest. */
export function localManifestUrl(port: number): string {
  return `http://127.0.0.1:${port}${manifestPath}`
}

/** Decides, for each agent, where its peers find its manifest. Nothing that cannot be found stops a run. */
export async function discover(terms: DiscoveryTerms): Promise<Map<string, FoundPeer>> {
  const found = await Promise.all(
    terms.spec.agents.map(async (agent) => [agent.id, await discoverOne(agent, terms)] as const),
  )
  return new Map(found)
}

async function discoverOne(agent: AgentSpec, terms: DiscoveryTerms): Promise<FoundPeer> {
  if (agent.manifest_url !== undefined) {
    return { manifest_url: agent.manifest_url, did: null, aid: agent.pinned_aid, source: 'remote' }
  }
  const { aid, port } = terms.local(agent.id)
  const local = { manifest_url: localManifestUrl(port), did: null, aid, source: 'static' } as const
  const { discovery } = terms.spec.trust
  if (discovery === 'did_web' && agent.did_web_host !== null) {
    return byDid(local, effectiveHost(agent.did_web_host, port), terms)
  }
  if (discovery === 'cp_registry' && agent.org === 'external') return byRegistry(local, agent.id, terms)
  return local
}

async function byDid(local: FoundPeer, host: string, terms: DiscoveryTerms): Promise<FoundPeer> {
  const did = didOf(host)
  try {
    const manifestUrl = await resolveDidWeb(did, terms.insecureHosts, terms.signal)
    return { ...local, manifest_url: manifestUrl, did, source: 'did_web' }
  } catch (error) {
    terms.signal.throwIfAborted()
    return { ...local, did, warning: error instanceof Error ? error.message : String(error) }
  }
}

async function byRegistry(local: FoundPeer, agentId: string, terms: DiscoveryTerms): Promise<FoundPeer> {
  const fallback = (warning: string): FoundPeer => ({ ...local, source: 'static_fallback', warning })
  if (terms.controlPlane === null) return fallback('there is no Control Plane to ask')
  const capability = capabilityOf(agentId, terms)
  const records = await terms.controlPlane.discoverByCapability(capability)
  // A registry remembers the agents of earlier runs; ours is the one with the AID of its own ready line.
  const endpoint = records.find(({ aid }) => aid === local.aid)?.handshakeEndpoint ?? null
  const cut = endpoint?.lastIndexOf('/aitp') ?? -1
  if (endpoint === null || cut === -1)
    return fallback(`the registry has no address of it under ${capability}`)
  return { ...local, manifest_url: `${endpoint.slice(0, cut)}${manifestPath}`, source: 'cp_registry' }
}

/** What the agent is looked up by: the first capability a step uses of it, else the first it offers. */
function capabilityOf(agentId: string, { spec, offered }: DiscoveryTerms): string {
  const used = spec.workflow.steps.find(
    (step): step is typeof step & { capability: string } =>
      'agent' in step && step.agent === agentId && 'capability' in step,
  )
  return used?.capability ?? offered(agentId)[0] ?? ''
}
