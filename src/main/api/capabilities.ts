import type { Aitp } from '../../aitp/index.ts'
import type { Capabilities } from '../../shared/contract.ts'

/** What of the protocol library each feature stands on. */
const neededFor = {
  oidc: 'verifyIdentityToken',
  session_bundle: 'verifySessionBundle',
  spki_pinning: 'createSpkiPins',
  tct_renewal: 'buildRenewalRequest',
  tct_cache: 'verifyTctCached',
  multihop_delegation: 'extendDelegation',
} as const satisfies Record<keyof Capabilities['features'], keyof Aitp>

export function capabilitiesOf(aitp: Aitp, version: string): Capabilities {
  const has = (feature: keyof typeof neededFor) => typeof aitp[neededFor[feature]] === 'function'
  return {
    sdk_available: true,
    version,
    features: {
      oidc: has('oidc'),
      session_bundle: has('session_bundle'),
      spki_pinning: has('spki_pinning'),
      tct_renewal: has('tct_renewal'),
      tct_cache: has('tct_cache'),
      multihop_delegation: has('multihop_delegation'),
    },
  }
}
