import type { EventOf, FaultResult, RunEvent } from '../events.ts'
import { printable } from '../printable.ts'
import { withoutJws } from '../redact-tokens.ts'
import { enrolmentFailure } from './enrolment-failure.ts'

const aidLength = 28
const idLength = 14

/** One line for one event in the field's terms: an area in brackets, then who did what with which outcome; no token. */
export function inTerms(event: RunEvent): string {
  return withoutJws(printable(sentence(event)))
}

function sentence(event: RunEvent): string {
  switch (event.type) {
    case 'run.started':
      return `[run] ${event.scenario_ref}${event.template === null ? '' : ` (template ${event.template})`}${event.keys === 'public' ? ' KEYS ARE PUBLIC' : ''}${event.expected === undefined ? '' : ` expected: ${event.expected.summary}`}`
    case 'run.complete':
      return '[run] complete'
    case 'run.cancelled':
      return '[run] cancelled'
    case 'run.failed':
      return `[run] FAILED ${event.error}`
    case 'run.interrupted':
      return `[run] INTERRUPTED ${event.error}`
    case 'run.paused':
    case 'run.resumed':
      return `[run] ${event.type === 'run.paused' ? 'paused' : 'resumed'}${event.step_id === undefined ? '' : ` before ${event.step_id}`}`
    case 'agent.spawning':
      return `[agent] ${event.agent_id} starting${event.port === null ? '' : ` on port ${event.port}`}`
    case 'agent.ready':
      return `[agent] ${event.agent_id} ready ${cut(event.aid, aidLength)} port=${event.port} pid=${event.pid}`
    case 'agent.exited':
      return `[agent] ${event.agent_id} ${exitWords[event.cause]}${event.cause === 'stopped' ? '' : ` (exit code ${event.exit_code}, signal ${event.signal})`}`
    case 'oidc.issuer_minted':
      return `[oidc] mock issuer ${event.result.issuer_url} key ${event.result.kid}`
    case 'trust.peers_resolved':
      return `[trust] ${Object.keys(event.peers).length} manifest addresses resolved (${[...new Set(Object.values(event.sources))].join(', ')})`
    case 'trust.establishing':
      return `[trust] ${event.initiator} -> ${event.target}`
    case 'trust.established':
      return `[trust] ${event.initiator} <- ${event.target} grants=${grants(event.grants)} jti=${cut(event.jti, idLength)}`
    case 'trust.failed':
      return `[trust] REFUSED ${event.initiator} -> ${event.target} ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'handshake.started':
      return `[trust] ${event.agent_id} accepted a hello from ${cut(event.peer_aid, aidLength)}`
    case 'handshake.complete':
      return `[trust] ${event.agent_id} (${event.role}) holds ${grants(event.grants)} from ${cut(event.peer_aid, aidLength)}`
    case 'handshake.failed':
      return `[trust] FAILED ${event.agent_id} (${event.role}) ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'manifest.verify_failed':
      return `[trust] MANIFEST REFUSED by ${event.agent_id} ${event.cause}${atCheck(event.check)} at ${event.source_url}`
    case 'step.started':
      return `[step] ${event.step_id} ${event.agent}${event.target === undefined ? '' : ` -> ${event.target}`}.${event.capability ?? ''}`
    case 'step.complete':
      return `[step] ok ${event.step_id}${event.capability === undefined ? whatWasDone(event.result) : ` ${event.agent}${event.target === undefined ? '' : ` -> ${event.target}`}.${event.capability}`}`
    case 'step.skipped':
      return `[step] ${event.step_id} ${event.notes}`
    case 'step.failed':
      return `[step] FAILED ${event.step_id} ${event.code}: ${event.error}`
    case 'step.assertion_failed':
      return `[step] NOT AS EXPECTED ${event.step_id}: ${event.error}`
    case 'capability.self_execute':
      return `[exec] ${event.agent_id}.${event.capability}`
    case 'gate.decided':
      if (event.decision === 'allowed') return `[gate] ${event.agent_id} allows ${event.capability}`
      if (event.decision === 'challenged')
        return `[gate] ${event.agent_id} asks for a proof of possession before ${event.capability}`
      return `[gate] ${event.agent_id} REFUSES ${event.capability} with ${event.code}${atCheck(event.check)}${reasonIn(event)}`
    case 'capability.invoked':
      return `[exec] ${event.agent_id}.${event.capability} answered ${event.status}`
    case 'step.retrying':
      return `[step] ${event.step_id} attempt ${event.attempt} of ${event.attempts} after: ${event.error}`
    case 'step.waiting':
      return `[step] ${event.step_id} waits ${event.ms} ms`
    case 'step.probing_no_trust':
      return `[probe] without a token ${event.initiator} -> ${event.target}.${event.capability}`
    case 'step.probing_with_held_tct':
      return `[probe] with its token ${event.initiator} -> ${event.target}.${event.capability}`
    case 'step.access_denied':
      return `[probe] DENIED ${event.step_id} ${event.target}.${event.capability} ${event.result.status_code}`
    case 'step.unexpected_status':
      return `[probe] UNEXPECTED ${event.step_id} ${unexpected(event.result)}`
    case 'step.fault_injected':
      return `[fault] ${event.step_id} ${event.kind} against ${event.target}${event.notes === '' ? '' : ` ${event.notes}`}`
    case 'step.fault_complete':
      return `[fault] ${event.step_id} ${event.kind} ${faultEnd(event.result)}`
    case 'delegation.issuing':
      return `[delegate] ${event.initiator} -> ${event.target} ${grants(event.grants)}`
    case 'delegation.issued':
      return `[delegate] ${event.agent_id} signed ${grants(event.scope)} for ${cut(event.delegatee_aid, aidLength)}`
    case 'delegation.redeeming':
      return `[delegate] ${event.initiator} redeems at ${event.target}`
    case 'delegation.redeemed':
      return event.role === 'issuer'
        ? `[delegate] ${event.agent_id} minted a fresh token jti=${cut(event.jti, idLength)} for ${cut(event.delegatee_aid ?? 'unknown', aidLength)}`
        : `[delegate] ${event.agent_id} holds the fresh token jti=${cut(event.jti, idLength)}`
    case 'delegation.rejected':
      return `[delegate] REJECTED by ${event.agent_id} ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'tct.revoked':
      return `[revoke] ${event.agent_id} put jti=${cut(event.jti, idLength)} on its list (${event.total_revoked} in all)`
    case 'revocation.published':
      return `[revoke] jti=${cut(event.jti, idLength)} ${event.result.to_cp ? 'published to the Control Plane' : 'NOT published: no Control Plane took it'}`
    case 'revocation.list_fetched':
      return `[revoke] ${event.agent_id} has a verified list of ${event.jti_count}, ${event.added} new`
    case 'revocation.refresh_failed':
      return `[revoke] FAILED ${event.agent_id} could not fetch the list: ${event.error}`
    case 'revocation.verify_failed':
      return `[revoke] DISCARDED by ${event.agent_id} ${event.cause}${atCheck(event.check)}: ${event.detail}`
    case 'revocation.poll':
      return `[revoke] ${event.agent_id} posture ${event.posture}${event.changed ? ' (changed)' : ''}`
    case 'revocation.degraded_serve':
      return `[revoke] ${event.agent_id} serves without a current list (${event.fail_mode}, ${event.serves} so far): ${event.reason}`
    case 'identity.key.rotated':
      return `[identity] ${event.agent_id} ${cut(event.old_aid, aidLength)} -> ${cut(event.source === 'agent' ? event.new_aid : event.aid, aidLength)}`
    case 'tct.renewed':
      return `[renew] ${event.agent_id} <- ${event.target} jti=${cut(event.jti, idLength)}`
    case 'tct.renewal.requested':
      return `[renew] ${event.agent_id} swapped jti=${cut(event.previous_jti, idLength)} for jti=${cut(event.jti, idLength)}`
    case 'tct.renewal.issued':
      return `[renew] ${event.agent_id} issued jti=${cut(event.jti, idLength)} to ${cut(event.subject, aidLength)}`
    case 'tct.renewal.rejected':
      return `[renew] REJECTED by ${event.agent_id} ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'tct.cache.stats':
      return `[cache] ${event.agent_id} ${event.result.enabled ? `hits=${event.result.hits} misses=${event.result.misses} size=${event.result.size}` : 'keeps no cache'}`
    case 'session.bundle.exported':
      return event.source === 'agent'
        ? `[bundle] ${event.agent_id} signed ${cut(event.session_id, idLength)} for ${event.participant_count} participants`
        : `[bundle] exported ${cut(event.result.session_id, idLength)} participants=${event.result.participant_aids.length}`
    case 'session.bundle.verified':
      return event.source === 'agent'
        ? `[bundle] ${event.agent_id} finds it ${event.kind} active=${event.active_count}`
        : `[bundle] verified ${event.result.kind} active=${event.result.active_aids.length} dropped=${event.result.dropped_aids.length}`
    case 'spki.pin.checked':
      return `[spki] ${event.step_id} is_pinned=${event.result.is_pinned}`
    case 'cp.enroll_started':
      return `[cp] ${event.agent_id} enrols`
    case 'cp.enroll_complete':
    case 'cp.enroll_succeeded':
      return `[cp] ${event.agent_id} is registered as ${cut(event.aid, aidLength)}`
    case 'cp.enroll_failed':
      return `[cp] FAILED ${event.agent_id} at ${event.stage}: ${enrolmentFailure(event)}`
    case 'cp.webhook.subscribed':
      return `[cp] webhook ${cut(event.result.id, idLength)} for ${event.result.events.join(',') || 'all events'}`
    case 'cp.webhook.subscribe_failed':
      return `[cp] FAILED to subscribe: ${event.notes}`
    case 'cp.webhook.delivered':
      return `[cp] delivered ${event.event_type} ${cut(event.delivery_id, idLength)}`
    case 'cp.trust_anchor.provisioned':
      return `[cp] trust anchor and key of ${event.agent_id} provisioned`
    case 'cp.delegation.tree':
      return `[cp] delegations of ${event.agent_id} read`
    case 'llm.started':
      return `[llm] ${event.agent_id} ${event.task} ${generator(event)}`
    case 'llm.complete':
      return `[llm] ${event.agent_id} ${event.task} done ${generator(event)}`
    case 'llm.failed':
      return `[llm] FAILED ${event.agent_id} ${event.task} ${generator(event)}: ${event.detail}`
  }
}

const exitWords = { stopped: 'stopped', crashed: 'CRASHED', fault: 'KILLED by a fault' } as const

/** What a step without a capability did, where its result shows that. */
function whatWasDone(result: unknown): string {
  if (typeof result !== 'object' || result === null) return ''
  if ('revoked_jti' in result) return ' revoke_tct'
  return 'delegatee_aid' in result ? ' delegate' : ''
}

function unexpected(result: EventOf<'step.unexpected_status'>['result']): string {
  return 'status_code' in result
    ? `status ${result.status_code}`
    : `is_pinned=${result.actual}, expected ${result.expected_pinned}`
}

function faultEnd({ code, error, check, stage, refused_by, ms }: FaultResult): string {
  const time = `after ${Math.round(ms)} ms`
  if (error === null) return `changed nothing, ${time}`
  const where = refused_by === null ? '' : ` by ${refused_by} (${stage})`
  return `ended with ${code ?? 'an error'}${atCheck(check)}${where} ${time}: ${error}`
}

/** What the refusing stage says beyond code and check. */
function reasonIn({ stages }: EventOf<'gate.decided'>): string {
  const reason = stages.find(({ decision }) => decision === 'refused')?.reason
  return reason === undefined ? '' : `: ${reason}`
}

/** Half a token is not known as one any more, so it goes before the cut. */
function cut(whole: string, length: number): string {
  const text = withoutJws(whole)
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function grants(list: readonly string[]): string {
  return list.length === 0 ? '(none)' : list.join(',')
}

function atCheck(check: string | null): string {
  return check === null ? '' : ` at check ${check}`
}

function generator({ provider, model, stub }: { provider: string; model: string; stub: boolean }): string {
  return `${provider}/${model}${stub ? ' (offline text, no model was asked)' : ''}`
}
