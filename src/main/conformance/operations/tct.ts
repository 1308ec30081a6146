import { AitpError, aidIdentifier } from '../../../aitp/index.ts'
import { ObservedRefusal } from '../answer.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'
import { manifestExpiringAt } from '../stand-ins.ts'
import type { Tree } from '../tree.ts'
import { isRevokedBy } from './snapshot.ts'

export const verifyTct: Operation = (params, session) => {
  if (params.tree['revocation_instrumented'] !== true) return check(params, session, () => undefined)
  // The source that is asked is the only thing that could go to the network.
  let asked = false
  const sideEffects = () => ({ revocation_lookup_called: asked, network_fetch_called: asked })
  try {
    const result = check(params, session, () => {
      asked = true
    })
    return { ...result, side_effects: sideEffects() }
  } catch (error) {
    if (error instanceof AitpError) throw new ObservedRefusal(error, sideEffects())
    throw error
  }
}

function check(params: Params, session: Session, onLookup: () => void): Tree {
  const now = nowOf(params, session)
  const { aitp } = session
  const list = params.optionalObject('issuer_revocation_list')
  const manifest = params.optionalObject('issuer_manifest')
  const expectedAudience = params.optionalText('expected_audience')
  const instrumented = params.tree['revocation_instrumented'] === true
  const { claims } = aitp.verifyTct(params.text('tct_token'), {
    now,
    expectedIssuer: issuerOf(params, session),
    expectedAudience: expectedAudience === undefined ? undefined : aitp.parseAid(expectedAudience),
    issuerManifest:
      manifest === undefined
        ? undefined
        : manifestExpiringAt(aitp.parseAid(manifest.text('aid')), manifest.integer('expires_at')),
    // Without a list there is no check at all: then the usual refusal for want of a snapshot does not apply.
    isRevoked:
      list === undefined && !instrumented
        ? undefined
        : (jti) => {
            onLookup()
            return list !== undefined && isRevokedBy(list, jti, now, session)
          },
  })
  return { verified: true, grants: claims.grants, jti: claims.jti, iss: claims.iss, exp: claims.exp }
}

/** The issuer the request pins, by whichever of the members that say so. */
function issuerOf(params: Params, { aitp }: Session) {
  const publicKey = params.optionalText('issuer_pubkey')
  const aid = params.optionalObject('issuer_manifest')?.text('aid')
  const named = aid === undefined ? undefined : aitp.parseAid(aid)
  if (publicKey === undefined || (named !== undefined && aidIdentifier(named) === publicKey)) return named
  return aitp.parseAid(publicKey.length === 44 ? `aid:pubkey:p256:${publicKey}` : `aid:pubkey:${publicKey}`)
}
