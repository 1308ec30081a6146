import type { RunEvent } from '../../../shared/events.ts'
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
      return `The run of ${event.scenario_ref} started${event.template === null ? '' : `, variant ${event.template}`}.`
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
      return `${id(event.agent_id)} ${event.cause === 'stopped' ? 'was stopped' : 'ended by itself'}${exit(event)}.`
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
      return `${reporter} ${event.decision === 'allowed' ? 'lets' : 'refuses'} ${caller(event.caller_aid, aid)} ${event.decision === 'allowed' ? 'call' : 'the call of'} ${event.capability}${gateReason(event)}.`
    case 'capability.invoked':
      return `${reporter} answered ${aid(event.caller_aid)} for ${event.capability} with status ${event.status}.`
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
