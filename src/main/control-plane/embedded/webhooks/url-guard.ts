import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { classifyAddress } from '../../../../shared/address-class.ts'
import { Refusal } from '../refusal.ts'
import type { Settings } from '../settings.ts'

/** Gives the addresses of a name; the system's own way unless a test has another. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/**
 * Where a webhook may be delivered (control-plane.md §6.2): to public addresses, and to loopback only where that was
 * allowed for the very origin (D-18). Gives the addresses that were checked, the only ones to connect to: a second
 * answer of the name service could differ. Throws `URL_NOT_ALLOWED`.
 */
export async function checkReceiver(
  text: string,
  { allowlist, loopbackReceivers }: Settings['webhooks'],
  resolve: Resolve = resolveAll,
): Promise<readonly LookupAddress[]> {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw refused(text, 'it is no http or https address')
  if (url.username !== '' || url.password !== '') throw refused(text, 'it has credentials in it')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (allowlist.length > 0 && !allowlist.some((entry) => isBelow(host, entry))) {
    throw refused(text, `${host} is not on the list of allowed receivers`)
  }
  const addresses = await resolve(host).catch((cause: unknown) => {
    throw refused(text, `${host} has no address`, cause)
  })
  const mayBeLoopback = loopbackReceivers.has(url.origin)
  for (const { address } of addresses) {
    const addressClass = classifyAddress(address)
    if (addressClass === 'public' || (addressClass === 'loopback' && mayBeLoopback)) continue
    throw refused(text, `${address} is not a public address`)
  }
  return addresses
}

async function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  const family = isIP(host)
  return family === 0 ? lookup(host, { all: true }) : [{ address: host, family }]
}

/** An entry that starts with a dot stands for its apex and all below it. */
function isBelow(host: string, entry: string): boolean {
  return entry.startsWith('.') ? host === entry.slice(1) || host.endsWith(entry) : host === entry
}

function refused(url: string, reason: string, cause?: unknown): Refusal {
  return new Refusal('URL_NOT_ALLOWED', `${url} cannot receive webhooks: ${reason}.`, { cause })
}
