import { KeysRotated } from '../../../shared/admin.ts'
import type { RotateKeysStep } from '../../../shared/steps.ts'
import { checkPublishedManifest } from '../../trust/pin-check.ts'
import { askOrFail } from '../ask.ts'
import { introducePeers } from '../introduce-peers.ts'
import { agentOf } from '../run-context.ts'
import type { StepHandler } from '../step-handler.ts'

/** Has an agent take a new key, checks that it shows it, and tells everybody else the new pin. */
export const rotateKeys: StepHandler<RotateKeysStep> = async ({ id, agent: agentId }, context, operation) => {
  const { aid, old_aid } = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${agentId} could not take a new key` },
    { agent: agentId, path: '/admin/rotate-keys', body: {}, answer: KeysRotated, timeoutMs: 10_000 },
  )
  const agent = { ...agentOf(context, agentId), aid }
  await checkPublishedManifest(context.aitp, agent, context.signal)
  agent.worker.rotated(aid)
  context.agents.set(agentId, agent)
  const peer = context.peers.get(agentId)
  if (peer) context.peers.set(agentId, { ...peer, aid })
  context.recordAgents()
  await introducePeers(context, operation)
  operation.append({
    type: 'identity.key.rotated',
    step_id: id,
    agent_id: agentId,
    aid,
    old_aid,
    notes: `old_aid=${old_aid}`,
  })
  return { output: { old_aid, new_aid: aid } }
}
