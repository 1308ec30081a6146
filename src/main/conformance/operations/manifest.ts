import { AITP_VERSION } from '../../../aitp/index.ts'
import { HarnessError } from '../answer.ts'
import { nowOf, type Operation } from '../session.ts'
import { inOlderOrder } from './older-order.ts'

export const verifyManifest: Operation = (params, session) => {
  const supported = params.optionalTexts('supported_versions') ?? [AITP_VERSION]
  if (supported.length !== 1 || supported[0] !== AITP_VERSION) {
    throw new HarnessError('INVALID_REQUEST', `only ${AITP_VERSION} is supported here`)
  }
  const text = `{"manifest":${params.json('manifest')}}`
  const now = nowOf(params, session)
  const { aid, expiresAt } = inOlderOrder(params.object('manifest').tree, session, () =>
    session.aitp.verifyManifest(text, { now }),
  )
  return { verified: true, aid, expires_at: expiresAt }
}
