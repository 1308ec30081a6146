import type { PublicAddress } from './public-address.ts'

/** Where the manifest of a `did:web` name is found; it gives an address, never a key. */
export interface DidDocument {
  readonly '@context': readonly string[]
  readonly id: string
  readonly service: readonly [
    { readonly id: string; readonly type: 'AitpManifest'; readonly serviceEndpoint: string },
  ]
}

/** The DID document of this agent; `null` when it has no `did:web` name. */
export function didDocument({ didHost, didScheme }: PublicAddress): DidDocument | null {
  if (didHost === null) return null
  const id = `did:web:${encodeURIComponent(didHost)}`
  return {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id,
    service: [{ id: `${id}#aitp`, type: 'AitpManifest', serviceEndpoint: `${didScheme}://${didHost}` }],
  }
}
