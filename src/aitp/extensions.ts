import type { VerifiedManifest } from './manifest/document.ts'

/** The registered keys of a manifest's `extensions`: each is the https address of a service (RFC-AITP-0012). */
export const manifestExtensionKeys = {
  verify: 'rfc-aitp-0005.verify_uri',
  renew: 'rfc-aitp-0005.renew_uri',
  redeem: 'rfc-aitp-0006.delegation_verify_uri',
  revocationList: 'rfc-aitp-0008.revocation_list_uri',
  sessionBundle: 'rfc-aitp-0010.bundle_uri',
} as const

/** A service a manifest may announce. */
export type ManifestService = keyof typeof manifestExtensionKeys

/** Where a peer offers a service. */
export interface ServiceAddress {
  /** Comes from the peer: fetch it only behind the guard for such addresses. */
  readonly url: string
  /** Whether it lies where the handshake endpoint lies. Worth a warning when not. */
  readonly isSameOrigin: boolean
}

/** Where a peer offers a service. `undefined` when it announces none; then it must not be probed for. */
export function serviceAddress(
  { body }: VerifiedManifest,
  service: ManifestService,
): ServiceAddress | undefined {
  const url = body.extensions?.[manifestExtensionKeys[service]]
  if (typeof url !== 'string' || originOf(url) === undefined) return undefined
  return { url, isSameOrigin: originOf(url) === originOf(body.handshake_endpoint) }
}

/** Names that stand for something no trust decision may rest on yet (RFC-AITP-0012 §3). */
export const reservedExtensionKeys: readonly string[] = [
  'zk',
  'tee',
  'ext.sd_grant',
  'rfc-aitp-0006.sd_voucher',
]

/** Whether a key is named as the registry asks: `rfc-aitp-NNNN.name`, or in reverse-domain notation. */
export function isExtensionKey(key: string): boolean {
  if (key.startsWith('rfc-aitp-')) return /^rfc-aitp-[0-9]{4}\.[a-z][a-z0-9_]*$/.test(key)
  return /^[a-z][a-z0-9-]*(?:\.[a-z0-9_-]+)+$/i.test(key)
}

/** By the characters of the address: it is compared, never parsed and re-emitted. */
function originOf(url: string): string | undefined {
  return /^https:\/\/[^\s/?#@]+(?=[/?#]|$)/i.exec(url)?.[0].toLowerCase()
}
