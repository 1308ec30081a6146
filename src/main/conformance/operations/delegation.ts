import { type Aid, AitpError } from '../../../aitp/index.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'
import { usableSnapshot } from './snapshot.ts'

/** Issuer, delegator, one further hop: what is accepted once chains are wanted. */
const MAX_HOPS = 3

export const verifyDelegationToken: Operation = (params, session) => {
  const retired = params.optionalObject('delegation')
  if (retired !== undefined) return refuseRetiredForm(retired)
  const now = nowOf(params, session)
  const { grants, delegator, delegatee, issuedBy, expiresAt } = session.aitp.verifyDelegation(
    params.text('delegation_token'),
    {
      now,
      selfAid: session.aitp.parseAid(params.text('self_aid')),
      maxHops: session.features.has('experimental-multihop-delegation') ? MAX_HOPS : 0,
      isRevoked: revocationOf(params, now, session),
    },
  )
  return { verified: true, grants, delegator, delegatee, issued_by: issuedBy, expires_at: expiresAt }
}

/** The object form of protocol 0.1. It is never accepted; a chain in it is told apart, as a chain in a token is. */
function refuseRetiredForm({ tree }: Params): never {
  const { chain } = tree
  if (Array.isArray(chain) && chain.length > 0) {
    throw new AitpError('DELEGATION_MULTIHOP_NOT_SUPPORTED', 'the token has a chain')
  }
  throw new AitpError('DELEGATION_INVALID_SIGNATURE', 'tokens that are JSON objects are retired')
}

/** Asks the list of each issuer for which the request has one. A list that does not verify revokes everything. */
function revocationOf(params: Params, now: number, session: Session): (jti: string, issuer: Aid) => boolean {
  const lists = params.optionalObjects('revocation_snapshots') ?? []
  return (jti, issuer) => {
    if (session.revoked.has(jti)) return true
    const list = lists.find((each) => each.text('issuer_aid') === issuer)
    if (list === undefined) return false
    const snapshot = usableSnapshot(list.json('snapshot'), issuer, now, session, Number.MAX_SAFE_INTEGER)
    return snapshot === null || snapshot.revoked.has(jti)
  }
}
