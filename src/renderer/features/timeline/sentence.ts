import type { EventOf, FaultResult, RunEvent } from '../../../shared/events.ts'
import { cutAid } from '../../components/cut.tsx'
import { duration } from '../../components/time.tsx'
import type { Names } from '../run/participants.ts'

/** What an event says, in one sentence. Whatever an agent wrote is text in it and nothing else. */
export function sentence(event: RunEvent, names: Names): string {
  const id = names.ofId
  const aid = (value: string) => names.ofAid(value) ?? cutAid(value)
  const reporter = event.agent_id === undefined ? 'An agent' : id(event.agent_id)
  switch (event.type) {
    case 'run.started':
      return `The run of ${event.scenario_ref} started${event.template === null ? '' : `, variant ${event.template}`}${event.keys === 'public' ? '; its keys are public' : ''}.`
    case 'run.complete':
      return 'The run is complete.'
    case 'run.failed':
      return `The run failed: ${event.error} (${event.code})`
    case 'run.cancelled':
      return 'The run was cancelled.'
    case 'run.interrupted':
      return `The run was interrupted: ${event.error}`
    case 'run.paused':
      return `Paused${event.step_id === undefined ? '' : ` before ${event.step_id}`}.`
    case 'run.resumed':
      return `Resumed${event.step_id === undefined ? '' : ` at ${event.step_id}`}.`
    case 'agent.spawning':
      return `${id(event.agent_id)} is being started${event.port === null ? '' : ` on port ${event.port}`}.`
    case 'agent.ready':
      return `${id(event.agent_id)} is ready as ${cutAid(event.aid)} on port ${event.port}, process ${event.pid}.`
    case 'agent.exited':
      return `${id(event.agent_id)} ${exits[event.cause]}${exit(event)}.`
    case 'oidc.issuer_minted':
      return `A mock issuer for this run vouches for identities as ${event.result.issuer_url}.`
    case 'trust.peers_resolved':
      return `Each agent was told its peers: ${Object.keys(event.peers).map(id).join(', ')}.`
    case 'trust.establishing':
      return `${id(event.initiator)} is about to shake hands with ${id(event.target)}${asking(event.grants)}.`
    case 'trust.established':
      return `${id(event.target)} grants ${id(event.initiator)} ${list(event.grants)} for ${life(event)}.`
    case 'trust.failed':
      return `No trust between ${id(event.initiator)} and ${id(event.target)}: ${event.error} (${event.code})`
    case 'step.started':
      return `Step ${event.step_id} started${event.capability === undefined ? '' : `: ${id(event.agent)} performs ${event.capability}`}${event.target === undefined ? '' : ` at ${id(event.target)}`}.`
    case 'step.complete':
      return `Step ${event.step_id} is complete.`
    case 'step.skipped':
      return `Step ${event.step_id} was skipped: ${event.notes}`
    case 'step.failed':
      return `Step ${event.step_id} failed: ${event.error} (${event.code})`
    case 'step.assertion_failed':
      return `Step ${event.step_id} did not do what was expected: ${event.error}`
    case 'handshake.started':
      return `${reporter} accepted the hello of ${aid(event.peer_aid)}.`
    case 'handshake.complete':
      return `${reporter} holds a token of ${aid(event.peer_aid)} for ${list(event.grants)}.`
    case 'handshake.failed':
      return `${reporter} refused the handshake: ${event.error} (${event.code})`
    case 'manifest.verify_failed':
      return `${reporter} refused a manifest: ${event.cause}, from ${event.source_url}`
    case 'capability.self_execute':
      return `${reporter} performs its own ${event.capability}.`
    case 'gate.decided':
      if (event.decision === 'challenged')
        return `${reporter} asks the caller of ${event.capability} to prove that it holds the key of its token.`
      return `${reporter} ${event.decision === 'allowed' ? 'lets' : 'refuses'} ${caller(event.caller_aid, aid)} ${event.decision === 'allowed' ? 'call' : 'the call of'} ${event.capability}${gateReason(event)}.`
    case 'capability.invoked':
      return `${reporter} answered ${aid(event.caller_aid)} for ${event.capability} with status ${event.status}.`
    case 'step.retrying':
      return `Step ${event.step_id} is tried again, ${event.attempt} of ${event.attempts}: ${event.error}`
    case 'step.waiting':
      return `Step ${event.step_id} waits for ${duration(event.ms)}.`
    case 'step.probing_no_trust':
      return `${id(event.initiator)} tries ${event.capability} at ${id(event.target)} without a token.`
    case 'step.probing_with_held_tct':
      return `${id(event.initiator)} tries ${event.capability} at ${id(event.target)} with the token it holds.`
    case 'step.access_denied':
      return `${id(event.target)} denied ${event.capability} with status ${event.result.status_code}, as step ${event.step_id} expected.`
    case 'step.unexpected_status':
      return `Step ${event.step_id} got ${unexpected(event.result)}.`
    case 'step.fault_injected':
      return `Fault ${event.kind} is put into step ${event.step_id}, against ${id(event.target)}${event.notes === '' ? '' : `: ${event.notes}`}.`
    case 'step.fault_complete':
      return `Fault ${event.kind} in step ${event.step_id} ${faultEnd(event.result)}.`
    case 'delegation.issuing':
      return `${id(event.initiator)} is about to pass ${list(event.grants)} on to ${id(event.target)}.`
    case 'delegation.issued':
      return `${reporter} passed ${list(event.scope)} on to ${aid(event.delegatee_aid)}.`
    case 'delegation.redeeming':
      return `${id(event.initiator)} is about to redeem the delegation at ${id(event.target)}.`
    case 'delegation.redeemed':
      return event.role === 'issuer'
        ? `${reporter} accepted the delegation and issued a token of its own for ${list(event.grants)}.`
        : `${reporter} holds a token for ${list(event.grants)} that it got by delegation.`
    case 'delegation.rejected':
      return `${reporter} rejected the delegation: ${event.error} (${event.code})`
    case 'tct.revoked':
      return `${reporter} revoked a token it had issued.`
    case 'revocation.published':
      return event.result.to_cp
        ? `The revocation was published to the Control Plane: ${event.result.reason}.`
        : 'The revocation was not published; there is no Control Plane that took it.'
    case 'revocation.list_fetched':
      return `${reporter} has a verified revocation list with ${event.jti_count} entries, ${event.added} of them new.`
    case 'revocation.refresh_failed':
      return `${reporter} could not fetch the revocation list: ${event.error}`
    case 'revocation.verify_failed':
      return `${reporter} discarded a revocation list: ${event.cause}, ${event.detail}`
    case 'revocation.poll':
      return `${reporter} ${postures[event.posture]}.`
    case 'revocation.degraded_serve':
      return `${reporter} serves although its revocation list is not current: ${event.reason}`
    case 'identity.key.rotated':
      return `${reporter} has a new key; it was ${aid(event.old_aid)} and is now ${aid(event.source === 'agent' ? event.new_aid : event.aid)}.`
    case 'tct.renewed':
      return `${id(event.agent_id)} has a renewed token of ${id(event.target)}.`
    case 'tct.renewal.requested':
      return `${reporter} replaced the token it held of ${aid(event.peer_aid)} by the renewed one.`
    case 'tct.renewal.issued':
      return `${reporter} renewed the token of ${aid(event.subject)}.`
    case 'tct.renewal.rejected':
      return `${reporter} refused to renew a token: ${event.error} (${event.code})`
    case 'tct.cache.stats':
      return event.result.enabled
        ? `${id(event.agent_id)} had ${event.result.hits} of ${event.result.hits + event.result.misses} tokens verified already.`
        : `${id(event.agent_id)} remembers no verified tokens.`
    case 'session.bundle.exported':
      return event.source === 'agent'
        ? `${reporter} signed a session bundle for ${event.participant_count} participants.`
        : `${reporter} exported a session bundle for ${event.result.participant_aids.length} participants.`
    case 'session.bundle.verified':
      return event.source === 'agent'
        ? `${reporter} finds the session bundle ${event.kind}, ${event.active_count} members active.`
        : `${reporter} verified the session bundle: ${event.result.kind}, ${event.result.dropped_aids.length} members dropped.`
    case 'spki.pin.checked':
      return `The certificate is ${event.result.is_pinned ? 'one of' : 'not among'} the pinned ones.`
    case 'cp.enroll_started':
      return `${id(event.agent_id)} enrols with the Control Plane.`
    case 'cp.enroll_complete':
    case 'cp.enroll_succeeded':
      return `${reporter} is registered with the Control Plane.`
    case 'cp.enroll_failed':
      return `${reporter} could not enrol (${event.stage}): ${event.transport ?? event.decode ?? `status ${event.status_code}`}`
    case 'cp.webhook.subscribed':
      return `The Control Plane will report ${event.result.events.join(', ') || 'every event'}.`
    case 'cp.webhook.subscribe_failed':
      return `The Control Plane took no subscription: ${event.notes}`
    case 'cp.webhook.delivered':
      return `The Control Plane reported ${event.event_type}.`
    case 'cp.trust_anchor.provisioned':
      return `The Control Plane pinned the key of ${id(event.agent_id)}.`
    case 'cp.delegation.tree':
      return `The Control Plane listed the delegations of ${id(event.agent_id)}.`
    case 'llm.started':
      return `${reporter} asks ${generator(event)} for ${event.task}.`
    case 'llm.complete':
      return `${reporter} got text for ${event.task} from ${generator(event)}${event.tokens_used === null ? '' : `, ${event.tokens_used} tokens`}.`
    case 'llm.failed':
      return `${reporter} got no text for ${event.task} from ${generator(event)}: ${event.detail}`
    default:
      return unknownEvent(event)
  }
}

/** The compiler sees to it that no event type is left out; a newer host may still send one. */
function unknownEvent(event: never): string {
  return `An event of the type ${(event as { type: string }).type}, which this version does not know.`
}

const exits = { stopped: 'was stopped', crashed: 'ended by itself', fault: 'was killed by a fault' } as const

const postures = {
  unchecked: 'has no revocation list to go by but its own',
  current: 'has a current revocation list',
  degraded: 'has no current revocation list',
} as const

function unexpected(result: EventOf<'step.unexpected_status'>['result']): string {
  if ('status_code' in result) return `status ${result.status_code}, which was not expected`
  return `a certificate that is ${result.actual ? '' : 'not '}pinned, which was not expected`
}

function faultEnd({ code, error }: FaultResult): string {
  return error === null ? 'changed nothing' : `ended with ${code ?? 'an error'}: ${error}`
}

function exit(event: { exit_code: number | null; signal: string | null }): string {
  if (event.signal !== null) return ` by ${event.signal}`
  return event.exit_code === null ? '' : ` with exit code ${event.exit_code}`
}

function list(grants: readonly string[]): string {
  return grants.length === 0 ? 'nothing' : grants.join(', ')
}

function asking(grants: readonly string[] | undefined): string {
  return grants === undefined ? '' : ` and asks for ${list(grants)}`
}

function life(event: { expires_at: number; ts: number }): string {
  const minutes = Math.round((event.expires_at - event.ts) / 60)
  return duration(Math.max(0, minutes) * 60_000)
}

function caller(aid: string | null, name: (aid: string) => string): string {
  return aid === null ? 'a caller without a token' : name(aid)
}

function gateReason(event: {
  stages: readonly { decision: string; stage: string; reason: string }[]
}): string {
  const refusal = event.stages.find(({ decision }) => decision === 'refused')
  return refusal === undefined ? '' : ` at ${refusal.stage}: ${refusal.reason}`
}

function generator(event: { stub: boolean; provider: string; model: string }): string {
  return event.stub ? 'the offline generator' : `${event.model} (${event.provider})`
}
