import { HeldTct, SessionBundleExported, SessionBundleVerified } from '../../../shared/admin.ts'
import { AppError } from '../../../shared/errors.ts'
import type { ExportSessionBundleStep, VerifySessionBundleStep } from '../../../shared/steps.ts'
import type { Operation } from '../../store/event-log.ts'
import { askOrFail } from '../ask.ts'
import { aidOf, type RunContext } from '../run-context.ts'
import type { StepHandler } from '../step-handler.ts'

const timeoutMs = 15_000

/** Has the coordinator sign a list of those who hold a token of its own. */
export const exportSessionBundle: StepHandler<ExportSessionBundleStep> = async (step, context, operation) => {
  const { id, coordinator, participants } = step
  const coordinatorAid = aidOf(context, coordinator)
  const tokens: { aid: string; tct_token: string }[] = []
  for (const participant of participants) {
    const { aid, tct_token } = await heldTct(context, operation, participant, {
      issuerAid: coordinatorAid,
      tried: `Step ${id}: ${participant} shows no token of ${coordinator}, with which it must have shaken hands`,
    })
    tokens.push({ aid, tct_token })
  }
  const { bundle_envelope, session_id, participant_aids, expires_at } = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${coordinator} could not sign the session bundle` },
    {
      agent: coordinator,
      path: '/admin/export-session-bundle',
      body: { participant_tcts: tokens },
      answer: SessionBundleExported,
      timeoutMs,
    },
  )
  context.keepsakes.bundles.set(id, { text: bundle_envelope, coordinatorAid })
  const result = { participant_aids, session_id }
  operation.append({ type: 'session.bundle.exported', step_id: id, agent_id: coordinator, result })
  return {
    output: {
      bundle_envelope: { fingerprint: context.aitp.fingerprint(bundle_envelope), session_id },
      ...result,
      expires_at,
    },
    result,
  }
}

/** Has one of the participants say who of the session still takes part. */
export const verifySessionBundle: StepHandler<VerifySessionBundleStep> = async (step, context, operation) => {
  const { id, verifier, via_step } = step
  const kept = context.keepsakes.bundles.get(via_step)
  if (!kept) throw new AppError('step_failed', `Step ${id}: step ${via_step} left no session bundle.`)
  const result = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${verifier} does not accept the session bundle` },
    {
      agent: verifier,
      path: '/admin/verify-session-bundle',
      body: { bundle_envelope: kept.text, coordinator_aid: kept.coordinatorAid },
      answer: SessionBundleVerified,
      timeoutMs,
    },
  )
  operation.append({ type: 'session.bundle.verified', step_id: id, agent_id: verifier, result })
  return { output: result }
}

/** The token an agent holds from an issuer; it goes to agents of the run and nowhere else. */
export function heldTct(
  context: RunContext,
  operation: Operation,
  holder: string,
  { issuerAid, tried }: { issuerAid: string; tried: string },
): Promise<HeldTct> {
  return askOrFail(
    context,
    operation,
    { code: 'step_failed', tried },
    {
      agent: holder,
      method: 'GET',
      path: `/admin/held-tct?${new URLSearchParams({ peer_aid: issuerAid })}`,
      answer: HeldTct,
      timeoutMs,
    },
  )
}
