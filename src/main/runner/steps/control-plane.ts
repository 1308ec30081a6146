import { AitpError } from '../../../aitp/index.ts'
import { EnrolledWithCp } from '../../../shared/admin.ts'
import { AppError } from '../../../shared/errors.ts'
import type {
  CpDelegationTreeStep,
  CpProvisionTrustAnchorStep,
  CpSubscribeWebhookStep,
  EnrollWithCpStep,
} from '../../../shared/steps.ts'
import { atMost } from '../../at-most.ts'
import type { ControlPlane } from '../../control-plane/client.ts'
import type { Delegation } from '../../control-plane/records.ts'
import { AdminRefused } from '../../hosting/admin-client.ts'
import { fetchVerifiedManifest } from '../../trust/pin-check.ts'
import { ask, awaitExitNotice } from '../ask.ts'
import { agentOf } from '../run-context.ts'
import type { StepHandler, StepOutcome } from '../step-handler.ts'

const noControlPlane = 'no cp'

function skip(output: Readonly<Record<string, unknown>>): StepOutcome {
  return { output: { ...output, skipped: noControlPlane }, skipped: noControlPlane }
}

/** Has an agent enrol itself. A Control Plane that refuses is data, as in every other step with one (B-16). */
export const enrollWithCp: StepHandler<EnrollWithCpStep> = async ({ id, agent }, context, operation) => {
  if (context.controlPlane === null) return skip({ enrolled: false })
  operation.append({ type: 'cp.enroll_started', step_id: id, agent_id: agent })
  try {
    const enrolled = await ask(context, operation, {
      agent,
      path: '/admin/enroll-with-cp',
      body: {},
      answer: EnrolledWithCp,
      timeoutMs: 15_000,
    })
    operation.append({
      type: 'cp.enroll_complete',
      step_id: id,
      agent_id: agent,
      aid: enrolled.aid,
      result: { registered_at: enrolled.registered_at },
    })
    return { output: enrolled }
  } catch (error) {
    if (!(error instanceof AdminRefused)) throw error
    const { code, message, status } = error
    return { output: { enrolled: false, error: message, code, status_code: status } }
  }
}

/** Has the Control Plane report to this host; the subscription ends with the run. */
export const cpSubscribeWebhook: StepHandler<CpSubscribeWebhookStep> = async (step, context, operation) => {
  const { controlPlane, webhooks, hostUrl, runId } = context
  if (controlPlane === null) return skip({ subscribed: false })
  const webhook = await controlPlane.createWebhook(`${hostUrl}/webhooks/cp/${runId}`, step.events)
  if (webhook === null) {
    operation.append({
      type: 'cp.webhook.subscribe_failed',
      step_id: step.id,
      notes: 'the Control Plane took no subscription',
    })
    return { output: { subscribed: false } }
  }
  const { id, url, events } = webhook
  const { seq } = operation.append({
    type: 'cp.webhook.subscribed',
    step_id: step.id,
    result: { id, url, events },
  })
  webhooks.add(webhook, [seq])
  return { output: { subscribed: true, webhook_id: id, url, events } }
}

/** Tells the Control Plane whom to trust: an agent's key after its manifest showed it, and an issuer of identities. */
export const cpProvisionTrustAnchor: StepHandler<CpProvisionTrustAnchorStep> = async (
  step,
  context,
  operation,
) => {
  const { controlPlane, aitp, scenario } = context
  if (controlPlane === null) return skip({ provisioned: false })
  const { id, agent: agentId, issuer_url, namespace = scenario.scenario.metadata.pack } = step
  const agent = agentOf(context, agentId)
  const manifest = await fetchVerifiedManifest(aitp, agent, context.signal).catch(async (cause: unknown) => {
    context.signal.throwIfAborted()
    if (!(cause instanceof AitpError)) await awaitExitNotice(context)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'step_failed',
      `Step ${id}: the manifest of ${agentId} is not to be trusted: ${reason}`,
      {
        cause,
      },
    )
  })
  const pubkey = manifest.body.identity_hint.public_key
  const label = agentId
  const result = {
    provisioned: true,
    namespace,
    // An agent with an OIDC identity shows no key to pin.
    pinned_key:
      pubkey === undefined
        ? null
        : await controlPlane.upsertPinnedKey({ aid: agent.aid, pubkey, namespace, label }),
    trust_anchor:
      issuer_url === undefined
        ? null
        : await controlPlane.ensureTrustAnchor({ issuerUrl: issuer_url, namespace, label }),
    pinned_key_count: (await controlPlane.pinnedKeys(namespace)).length,
    trust_anchor_count: (await controlPlane.trustAnchors(namespace)).length,
  }
  operation.append({ type: 'cp.trust_anchor.provisioned', step_id: id, agent_id: agentId, result })
  return { output: result }
}

/** What the Control Plane knows of an agent's delegations and of everything that grew from them (B-19). */
export const cpDelegationTree: StepHandler<CpDelegationTreeStep> = async (
  { id, agent },
  context,
  operation,
) => {
  const { controlPlane, report } = context
  if (controlPlane === null) return skip({ delegations: [] })
  const delegator = agentOf(context, agent).aid
  await report?.flush()
  const delegations = await walk(controlPlane, delegator)
  const result = { delegator, delegations, count: delegations.length }
  operation.append({ type: 'cp.delegation.tree', step_id: id, agent_id: agent, result })
  return { output: result }
}

async function walk(controlPlane: ControlPlane, delegator: string): Promise<Delegation[]> {
  const roots = await controlPlane.delegations({ delegator })
  const trees = await atMost(4, roots, ({ jti }) => controlPlane.delegations({ root_jti: jti }))
  return [...new Map([...roots, ...trees.flat()].map((row) => [row.jti, row])).values()]
}
