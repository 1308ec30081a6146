import { duration } from '../duration.ts'
import type { EventOf, FaultResult, RunEvent } from '../events.ts'
import { printable } from '../printable.ts'
import { withoutJws } from '../redact-tokens.ts'
import { enrolmentFailure } from './enrolment-failure.ts'
import { type Names, nameOfAid } from './names.ts'

/**
 * What an event says, in one sentence for somebody who does not know the protocol; where that is specified is in
 * `sections`. Whatever an agent wrote is text in it and nothing else, and never a token.
 */
export function inPlainWords(event: RunEvent, names: Names): string {
  return withoutJws(printable(sentence(event, names)))
}

function sentence(event: RunEvent, names: Names): string {
  const id = names.ofId
  const aid = (value: string) => nameOfAid(names, withoutJws(value))
  const reporter = event.agent_id === undefined ? 'An agent' : id(event.agent_id)
  switch (event.type) {
    case 'run.started':
      return `The run of ${event.scenario_ref} started${event.template === null ? '' : `, variant ${event.template}`}${event.keys === 'public' ? '; anybody can compute the keys of its agents' : ''}.`
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
      return `${id(event.agent_id)} runs as process ${event.pid}, listens on port ${event.port} and has shown the key it is known by.`
    case 'agent.exited':
      return `${id(event.agent_id)} ${exits[event.cause]}${exit(event)}.`
    case 'oidc.issuer_minted':
      return `A login service made up for this run vouches for identities as ${event.result.issuer_url}.`
    case 'trust.peers_resolved':
      return `Each agent was told where to find the others: ${Object.keys(event.peers).map(id).join(', ')}.`
    case 'trust.establishing':
      return `${id(event.initiator)} is about to introduce itself to ${id(event.target)}${asking(event.grants)}.`
    case 'trust.established':
      return `${id(event.target)} knows who ${id(event.initiator)} is and allows it ${list(event.grants)} for ${life(event)}.`
    case 'trust.failed':
      return `No trust between ${id(event.initiator)} and ${id(event.target)}: ${event.error} (${event.code})`
    case 'step.started':
      return `Step ${event.step_id} started${event.capability === undefined ? '' : `: ${id(event.agent)} performs ${event.capability}`}${event.target === undefined ? '' : ` at ${id(event.target)}`}.`
    case 'step.complete':
      return `Step ${event.step_id} is complete.`
    case 'step.skipped':
      return event.notes === 'no cp'
        ? `Step ${event.step_id} was skipped: there is no Control Plane`
        : `Step ${event.step_id} does nothing by itself: ${event.notes}`
    case 'step.failed':
      return `Step ${event.step_id} failed: ${event.error} (${event.code})`
    case 'step.assertion_failed':
      return `Step ${event.step_id} did not do what was expected: ${event.error}`
    case 'handshake.started':
      return `${reporter} heard the introduction of ${aid(event.peer_aid)} and answers with its own.`
    case 'handshake.complete':
      return `${reporter} holds a token by which ${aid(event.peer_aid)} allows it ${list(event.grants)}.`
    case 'handshake.failed':
      return `${reporter} broke the introduction off: ${event.error} (${event.code})`
    case 'manifest.verify_failed':
      return `${reporter} does not believe what an agent says of itself at ${event.source_url}: ${event.cause}.`
    case 'capability.self_execute':
      return `${reporter} performs its own ${event.capability}.`
    case 'gate.decided':
      if (event.decision === 'challenged')
        return `${reporter} asks the caller of ${event.capability} to prove that the token it shows is its own.`
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
      return `Something is made to go wrong in step ${event.step_id}, against ${id(event.target)}: ${event.kind}${event.notes === '' ? '' : ` (${event.notes})`}.`
    case 'step.fault_complete':
      return `What was made to go wrong in step ${event.step_id}, ${event.kind}, ${faultEnd(event.result)}.`
    case 'delegation.issuing':
      return `${id(event.initiator)} is about to pass ${list(event.grants)} on to ${id(event.target)}.`
    case 'delegation.issued':
      return `${reporter} passed ${list(event.scope)} on to ${aid(event.delegatee_aid)}.`
    case 'delegation.redeeming':
      return `${id(event.initiator)} is about to show ${id(event.target)} what was passed on to it.`
    case 'delegation.redeemed':
      return event.role === 'issuer'
        ? `${reporter} accepted what was passed on and issued a token of its own for ${list(event.grants)}.`
        : `${reporter} holds a token for ${list(event.grants)} that somebody passed on to it.`
    case 'delegation.rejected':
      return `${reporter} rejected what was passed on: ${event.error} (${event.code})`
    case 'tct.revoked':
      return `${reporter} took back a token it had issued.`
    case 'revocation.published':
      return event.result.to_cp
        ? `The Control Plane tells everybody that the token was taken back: ${event.result.reason}.`
        : 'Nobody else was told that the token was taken back; there is no Control Plane that took it.'
    case 'revocation.list_fetched':
      return `${reporter} has a genuine list of tokens that were taken back: ${event.jti_count} of them, ${event.added} new.`
    case 'revocation.refresh_failed':
      return `${reporter} could not fetch the list of tokens that were taken back: ${event.error}`
    case 'revocation.verify_failed':
      return `${reporter} threw away a list of tokens that were taken back, because it is not genuine: ${event.cause}, ${event.detail}`
    case 'revocation.poll':
      return `${reporter} ${postures[event.posture]}.`
    case 'revocation.degraded_serve':
      return `${reporter} serves although it may not know of every token that was taken back: ${event.reason}`
    case 'identity.key.rotated':
      return `${reporter} has a new key and so a new identity; it was ${aid(event.old_aid)} and is now ${aid(event.source === 'agent' ? event.new_aid : event.aid)}.`
    case 'tct.renewed':
      return `${id(event.agent_id)} has a token of ${id(event.target)} that lasts longer.`
    case 'tct.renewal.requested':
      return `${reporter} replaced the token it held of ${aid(event.peer_aid)} by the new one.`
    case 'tct.renewal.issued':
      return `${reporter} gave ${aid(event.subject)} a new token for the old one.`
    case 'tct.renewal.rejected':
      return `${reporter} refused to renew a token: ${event.error} (${event.code})`
    case 'tct.cache.stats':
      return event.result.enabled
        ? `${id(event.agent_id)} had ${event.result.hits} of ${event.result.hits + event.result.misses} tokens verified already.`
        : `${id(event.agent_id)} remembers no verified tokens.`
    case 'session.bundle.exported':
      return event.source === 'agent'
        ? `${reporter} signed a list of who takes part, ${event.participant_count} agents.`
        : `${reporter} exported a list of who takes part, ${event.result.participant_aids.length} agents.`
    case 'session.bundle.verified':
      return event.source === 'agent'
        ? `${reporter} finds the list of who takes part ${event.kind}, ${event.active_count} of them still there.`
        : `${reporter} verified the list of who takes part: ${event.result.kind}, ${event.result.dropped_aids.length} of them gone.`
    case 'spki.pin.checked':
      return `The certificate is ${event.result.is_pinned ? 'one of' : 'not among'} those that were agreed on.`
    case 'cp.enroll_started':
      return `${id(event.agent_id)} registers with the Control Plane.`
    case 'cp.enroll_complete':
    case 'cp.enroll_succeeded':
      return `${reporter} is registered with the Control Plane.`
    case 'cp.enroll_failed':
      return `${reporter} could not register (${event.stage}): ${enrolmentFailure(event)}`
    case 'cp.webhook.subscribed':
      return `The Control Plane will report ${event.result.events.join(', ') || 'every event'}.`
    case 'cp.webhook.subscribe_failed':
      return `The Control Plane will report nothing: ${event.notes}`
    case 'cp.webhook.delivered':
      return `The Control Plane reported ${event.event_type}.`
    case 'cp.trust_anchor.provisioned':
      return `The Control Plane knows the key of ${id(event.agent_id)} from now on.`
    case 'cp.delegation.tree':
      return `The Control Plane listed what ${id(event.agent_id)} has passed on.`
    case 'llm.started':
      return `${reporter} asks ${generator(event)} for ${event.task}.`
    case 'llm.complete':
      return `${reporter} got text for ${event.task} from ${generator(event)}${event.tokens_used === null ? '' : `, ${event.tokens_used} tokens of the model`}.`
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

const exits = { stopped: 'was stopped', crashed: 'ended by itself', fault: 'was killed on purpose' } as const

const postures = {
  unchecked: 'knows only of the tokens it took back itself',
  current: 'has a current list of tokens that were taken back',
  degraded: 'has no current list of tokens that were taken back',
} as const

function unexpected(result: EventOf<'step.unexpected_status'>['result']): string {
  if ('status_code' in result) return `status ${result.status_code}, which was not expected`
  return `a certificate that is ${result.actual ? '' : 'not '}agreed on, which was not expected`
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
  return grants === undefined ? '' : ` and to ask for ${list(grants)}`
}

function life(event: { expires_at: number; ts: number }): string {
  const minutes = Math.round((event.expires_at - event.ts) / 60)
  return duration(Math.max(0, minutes) * 60_000)
}

function caller(aid: string | null, name: (aid: string) => string): string {
  return aid === null ? 'a caller without a token' : name(aid)
}

function gateReason({ stages }: EventOf<'gate.decided'>): string {
  const refusal = stages.find(({ decision }) => decision === 'refused')
  return refusal === undefined ? '' : ` at ${refusal.stage}: ${refusal.reason}`
}

function generator(event: { stub: boolean; provider: string; model: string }): string {
  return event.stub ? 'the offline generator' : `${event.model} (${event.provider})`
}
