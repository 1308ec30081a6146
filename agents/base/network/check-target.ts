import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { classifyAddress } from '../../../src/shared/address-class.ts'
import { isLoopbackHost } from '../public-address.ts'
import { WorkerError } from '../refusal.ts'

export interface TargetTerms {
  /** Whether the host of this run, and not a peer, named the target: then it may be at a private address. */
  readonly namedByHost: boolean
}

/**
 * Resolves a target once and checks every address it has; only these may be connected to, as a second answer of the
 * name service could differ (protocol.md §23.4). Rejects with the code `forbidden_target`.
 */
export async function checkTarget(url: URL, terms: TargetTerms): Promise<readonly LookupAddress[]> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') forbid(url, `the scheme ${url.protocol}`)
  if (url.username !== '' || url.password !== '') forbid(url, 'credentials in the address')
  // The parser has rewritten literals in odd notations, such as 0x7f.1, by now.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLoopback = isLoopbackHost(url.hostname)
  if (url.protocol === 'http:' && !isLoopback) forbid(url, 'http beyond this machine')
  const addresses = await addressesOf(host)
  for (const { address } of addresses) {
    const addressClass = classifyAddress(address)
    const isFine =
      addressClass === 'loopback'
        ? isLoopback || terms.namedByHost
        : addressClass === 'private'
          ? !isLoopback && terms.namedByHost
          : addressClass === 'public' && !isLoopback
    if (!isFine) forbid(url, `the ${addressClass} address ${address}`)
  }
  return addresses
}

async function addressesOf(host: string): Promise<readonly LookupAddress[]> {
  const family = isIP(host)
  return family === 0 ? lookup(host, { all: true }) : [{ address: host, family }]
}

function forbid(url: URL, reason: string): never {
  throw new WorkerError(502, 'forbidden_target', `${url.origin} is not asked: ${reason}`)
}
