import { AppError } from '../../shared/errors.ts'
import { AnotherHost, hostOfDid, isLoopbackName, resolveDidWeb } from '../trust/did-web.ts'

export interface FederationTerms {
  /** `AITP_DIDWEB_INSECURE_HOSTS` */
  readonly insecureHosts: string
  /** For trying federation out on one machine: `AITP_FEDERATION_ALLOW_LOOPBACK`. */
  readonly allowLoopback: boolean
  readonly signal: AbortSignal
}

export interface FederatedPeer {
  readonly manifestUrl: string
  readonly origin: string
}

/**
 * Finds a peer of another organisation by its did:web identifier. Throws `invalid_did`, `peer_unreachable` when there is
 * no document, `loopback_refused`, and `origin_mismatch` when the document leads to another host than the identifier's.
 */
export async function resolveFederatedPeer(
  did: string,
  { insecureHosts, allowLoopback, signal }: FederationTerms,
): Promise<FederatedPeer> {
  const host = didHost(did)
  if (!allowLoopback && isLoopbackName(new URL(`http://${host}`).hostname)) {
    throw new AppError(
      'loopback_refused',
      `${did} leads to ${host}, which is this machine and nobody's organisation; AITP_FEDERATION_ALLOW_LOOPBACK=1 allows that for a trial.`,
    )
  }
  const manifestUrl = await resolveDidWeb(did, insecureHosts, signal).catch((cause: unknown) => {
    signal.throwIfAborted()
    if (cause instanceof AnotherHost) throw new AppError('origin_mismatch', `${cause.message}.`, { cause })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('peer_unreachable', `${did} cannot be resolved: ${reason}.`, { cause })
  })
  return { manifestUrl, origin: new URL(manifestUrl).origin }
}

function didHost(did: string): string {
  try {
    return hostOfDid(did)
  } catch (cause) {
    throw new AppError('invalid_did', `${did} is no did:web identifier of a host.`, { cause })
  }
}
