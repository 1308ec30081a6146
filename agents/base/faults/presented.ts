import type { ProvableClaims } from '../../../src/aitp/index.ts'
import type { Agent } from '../agent.ts'
import { requireHeld } from '../held-tokens.ts'
import { namedOrigin } from '../peers.ts'
import { WorkerError } from '../refusal.ts'
import { faultOf } from './fault-context.ts'

/** A token as it is presented, and what possession can be proven of. */
export interface PresentedTct {
  readonly token: string
  readonly claims: ProvableClaims
}

/**
 * The token held from a peer and where it goes; another token, when the fault of the current work says so. A thief needs
 * none of his own: he takes what he stole to where the host says that the peer is.
 */
export function presentedTct(
  agent: Agent,
  peerAid: string,
): PresentedTct & {
  /** The one origin it is sent to. */
  readonly origin: string
} {
  const stolen = faultOf('stolen_token')
  if (stolen !== undefined) {
    const origin = agent.held.get(peerAid)?.origin ?? namedOrigin(agent.peers, peerAid)
    return { ...asThief(agent, stolen.token), origin }
  }
  const { held, origin } = requireHeld(agent.held, peerAid)
  const wrong = faultOf('wrong_audience')
  if (wrong === undefined) return { token: held.token, claims: held.claims, origin }
  const other = agent.held.get(wrong.peer_aid)
  if (!other) throw new WorkerError(412, 'fault_not_possible', `no TCT is held from ${wrong.peer_aid}`)
  return { token: other.held.token, claims: other.held.claims, origin }
}

/** A stolen token with what its thief has: the claims everybody can read, and a key of his own. */
function asThief({ aitp, identity }: Agent, token: string): PresentedTct {
  const claims = aitp.decodeToken(token)?.claims ?? {}
  const { key } = identity
  return {
    token,
    claims: {
      jti: String(claims['jti']),
      iss: aitp.parseAid(String(claims['iss'])),
      sub: key.aid,
      cnf: { jkt: aitp.thumbprint(key.aid) },
    },
  }
}
