import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

/** What `serve --dangerously-…` loosens; nothing that is not named. */
export interface Loosened {
  /** Nobody is asked for the bearer. */
  readonly noBearer?: true
  /** An IP address beyond loopback that is listened on too. */
  readonly listen?: string
}

export const loopback = '127.0.0.1'

/** Whether listening there takes in loopback. */
export function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** The names under which other machines may ask for what listens at an address, as `Host` has them without the port. */
export function namesOf(address: string): readonly string[] {
  const addresses = isEverywhere(address)
    ? Object.values(networkInterfaces()).flatMap((all = []) => all.map((one) => one.address))
    : [address]
  return [hostname(), ...addresses.map((one) => (isIP(one) === 6 ? `[${one}]` : one))]
}
