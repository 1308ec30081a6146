import type { ProvableClaims } from '../../../src/aitp/index.ts'
import type { Agent } from '../agent.ts'
import type { BoundToken } from '../held-tokens.ts'
import { WorkerError } from '../refusal.ts'
import { faultOf } from './fault-context.ts'

/** A token as it is presented, and what possession can be proven of. */
export interface PresentedTct {
  readonly token: string
  readonly claims: ProvableClaims
}

/** The token that is presented in place of the one held, when the fault of the current work says so. */
export function presentedTct(agent: Agent, { held }: BoundToken): PresentedTct {
  const wrong = faultOf('wrong_audience')
  if (wrong !== undefined) {
    const other = agent.held.get(wrong.peer_aid)
    if (!other) throw new WorkerError(412, 'fault_not_possible', `no TCT is held from ${wrong.peer_aid}`)
    return other.held
  }
  const stolen = faultOf('stolen_token')
  return stolen === undefined ? held : asThief(agent, stolen.token)
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
