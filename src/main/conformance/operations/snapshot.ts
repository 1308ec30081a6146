import {
  type Aid,
  AitpError,
  decideRevocation,
  type RevocationFailMode,
  type VerifiedRevocationList,
} from '../../../aitp/index.ts'
import { HarnessError } from '../answer.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'

export const verifySnapshot: Operation = (params, session) => {
  const policy = params.object('policy')
  const list = session.aitp.verifyRevocationList(params.json('snapshot'), {
    now: nowOf(params, session),
    expectedIssuer: session.aitp.parseAid(params.text('expected_issuer')),
    failMode: failMode(policy),
    maxStalenessSecs: policy.integer('max_staleness_secs'),
    compat: session.compat,
  })
  const queried = params.optionalText('queried_jti')
  if (queried !== undefined && list.revoked.has(queried)) {
    throw new AitpError('TCT_REVOKED', `${queried} is listed`)
  }
  return { verified: true, stale: list.unusable !== null, entries: list.revoked.size }
}

/** Whether a token counts as revoked by the list that the request holds for its issuer. */
export function isRevokedBy(list: Params, jti: string, now: number, session: Session): boolean {
  const issuer = session.aitp.parseAid(list.text('issuer'))
  const snapshot = list.has('snapshot') ? usableSnapshot(list.json('snapshot'), issuer, now, session) : null
  return decideRevocation({ mode: failMode(list) }, snapshot, { jti, grants: [], now }).outcome === 'revoked'
}

/** A snapshot that does not verify is no snapshot. `maxStalenessSecs` has no limit where a fixture names none. */
export function usableSnapshot(
  text: string,
  expectedIssuer: Aid,
  now: number,
  session: Session,
  maxStalenessSecs?: number,
): VerifiedRevocationList | null {
  const { aitp, compat } = session
  try {
    return aitp.verifyRevocationList(text, { now, expectedIssuer, maxStalenessSecs, compat })
  } catch (error) {
    if (error instanceof AitpError) return null
    throw error
  }
}

function failMode(policy: Params): RevocationFailMode {
  const mode = policy.text('fail_mode')
  if (mode === 'fail_closed' || mode === 'fail_open' || mode === 'soft_fail') return mode
  throw new HarnessError('INVALID_REQUEST', `no such fail_mode: ${mode}`)
}
