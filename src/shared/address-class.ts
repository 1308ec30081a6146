import ipaddr from 'ipaddr.js'

/** `forbidden`: nobody has business there, whoever names the address. */
export type AddressClass = 'loopback' | 'private' | 'public' | 'forbidden'

const classes: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
}

/** Which class an address is of; an IPv6 address that carries an IPv4 address is of the class of that one. */
export function classifyAddress(text: string): AddressClass {
  if (!ipaddr.isValid(text)) return 'forbidden'
  const address = ipaddr.parse(text)
  if (!(address instanceof ipaddr.IPv6)) return classes[address.range()] ?? 'forbidden'
  const embedded = embeddedIPv4(address)
  return classes[(embedded ?? address).range()] ?? 'forbidden'
}

/** The IPv4 address behind a mapped, compatible, translated (RFC 6145, RFC 6052) or 6to4 address. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const { parts } = address
  const range = address.range()
  if (range === '6to4') return fromWords(parts[1], parts[2])
  const isWellKnownNat64 = range === 'rfc6052' && parts[2] === 0
  const isCompatible = range === 'unicast' && parts.slice(0, 6).every((part) => part === 0)
  const hasIt = range === 'ipv4Mapped' || range === 'rfc6145' || isWellKnownNat64 || isCompatible
  return hasIt ? fromWords(parts[6], parts[7]) : null
}

function fromWords(high = 0, low = 0): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff])
}
