import { z } from 'zod'
import { readBounded } from '../read-bounded.ts'

const timeoutMs = 5_000
const largestDocument = 64 * 1024

const DidDocument = z.object({
  id: z.string(),
  service: z.array(
    z.object({ type: z.union([z.string(), z.array(z.string())]), serviceEndpoint: z.unknown() }),
  ),
})

/** A document leads to another host, or port, than that of its identifier. */
export class AnotherHost extends Error {
  override readonly name = 'AnotherHost'
}

/** `did:web:` and the host, whose port is written with an escaped colon. */
export function didOf(host: string): string {
  return `did:web:${host.replace(':', '%3A')}`
}

/** The host that agents really find an agent at: on a loopback name its port is the one that is listened on (B-47). */
export function effectiveHost(didWebHost: string, port: number): string {
  const [name = ''] = didWebHost.split(':')
  return isLoopbackName(name) ? `${name}:${port}` : didWebHost
}

/**
 * Finds the manifest behind a did:web identifier. The document must be about the identifier that was asked for and lead
 * to its host (B-56), and it names an address only: who answers there is for the manifest and its pin to show. Rejects
 * with one sentence, as {@link AnotherHost} when it leads elsewhere.
 *
 * @param insecureHosts hosts that are asked over http, as `AITP_DIDWEB_INSECURE_HOSTS` lists them; a leading dot takes
 * every name below
 */
export async function resolveDidWeb(
  did: string,
  insecureHosts: string,
  signal: AbortSignal,
): Promise<string> {
  const url = didDocumentUrl(did, insecureHosts)
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  const text = await readBounded(response, largestDocument)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const document = DidDocument.safeParse(parse(text))
  if (!document.success) throw new Error(`${url} gave no DID document`)
  const { id, service } = document.data
  if (id !== did) throw new Error(`${url} is about ${id}, not ${did}`)
  const endpoint = service.find(({ type }) => [type].flat().includes('AitpManifest'))?.serviceEndpoint
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new Error(`${url} names no AitpManifest service`)
  const { protocol, host } = new URL(endpoint)
  if (host !== new URL(`${protocol}//${hostOfDid(did)}`).host)
    throw new AnotherHost(`${url} leads to ${endpoint}, which is not the host of ${did}`)
  return `${endpoint.replace(/\/$/, '')}/.well-known/aitp-manifest`
}

/** Where the document of an identifier lies; throws for one that is not of a host. */
export function didDocumentUrl(did: string, insecureHosts: string): string {
  const host = hostOfDid(did)
  const [name = ''] = host.split(':')
  const scheme = isLoopbackName(name) || isListed(name, insecureHosts) ? 'http' : 'https'
  return `${scheme}://${host}/.well-known/did.json`
}

/** Host and port of an identifier; throws for one that is not of a host. */
export function hostOfDid(did: string): string {
  const method = 'did:web:'
  const host = did.startsWith(method) ? did.slice(method.length).replace(/%3A/i, ':') : ''
  if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(host)) throw new Error(`${did} is no did:web identifier of a host`)
  return host
}

/** Whether a host name, without a port, is one of this machine. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

function isListed(name: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().replace(/:\d+$/, '').toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) =>
      entry.startsWith('.')
        ? name.toLowerCase().endsWith(entry) || name.toLowerCase() === entry.slice(1)
        : name.toLowerCase() === entry,
    )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
