import { RevocationsRefreshed, TctRevoked } from '../../../shared/admin.ts'
import { AppError } from '../../../shared/errors.ts'
import type { RevokeTctStep } from '../../../shared/steps.ts'
import { AdminRefused } from '../../hosting/admin-client.ts'
import type { Operation } from '../../store/event-log.ts'
import { ask, askOrFail } from '../ask.ts'
import { newestToken } from '../keepsakes.ts'
import type { RunContext } from '../run-context.ts'
import { type Mutation, noEffect, type StepHandler } from '../step-handler.ts'

/** Puts a token on its issuer's list, and on the Control Plane's when asked to. */
export const revokeTct: StepHandler<RevokeTctStep> = async (step, context, operation, mutation) => {
  const { id, issuer, audience, via_step, via_cp, reason = `step ${id}` } = step
  const token = newestToken(context.keepsakes, { holder: audience, issuer, stepId: via_step })
  if (token === undefined) {
    const from = via_step === undefined ? '' : ` by step ${via_step}`
    throw new AppError(
      'step_failed',
      `Step ${id}: ${audience} obtained no token from ${issuer}${from}; shake hands first.`,
    )
  }
  const { jti } = token
  await revokeAt(context, operation, { issuer, jti, reason, tried: `Step ${id}: ${issuer} could not revoke` })
  if (!via_cp) return { output: { revoked_jti: jti } }
  const published =
    mutation.cpBaseUrl === undefined && (await context.controlPlane?.publishRevocation(jti, reason))
  const publishedToCp = published === true
  operation.append({
    type: 'revocation.published',
    step_id: id,
    jti,
    result: { to_cp: publishedToCp, reason },
  })
  return {
    output: {
      revoked_jti: jti,
      published_to_cp: publishedToCp,
      audience_revoked_count: await refreshAt(context, operation, audience, mutation),
    },
    ...(publishedToCp
      ? {}
      : { effect: { ...noEffect, error: 'the Control Plane took no revocation', code: 'no_answer' } }),
  }
}

/** Has an issuer put a token on its own list. */
export async function revokeAt(
  context: RunContext,
  operation: Operation,
  { issuer, jti, reason, tried }: { issuer: string; jti: string; reason: string; tried: string },
): Promise<void> {
  await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried },
    {
      agent: issuer,
      path: '/admin/revoke-tct',
      body: { jti, reason },
      answer: TctRevoked,
      timeoutMs: 5_000,
    },
  )
}

/** How many tokens the audience knows to be revoked after it has asked again; 0 when it could not. */
async function refreshAt(
  context: RunContext,
  operation: Operation,
  audience: string,
  { cpBaseUrl }: Mutation,
): Promise<number> {
  try {
    const { revoked_count } = await ask(context, operation, {
      agent: audience,
      path: '/admin/refresh-revocations',
      body: cpBaseUrl === undefined ? {} : { cp_base_url: cpBaseUrl },
      answer: RevocationsRefreshed,
      timeoutMs: 10_000,
    })
    return revoked_count
  } catch (error) {
    if (error instanceof AdminRefused) return 0
    throw error
  }
}
