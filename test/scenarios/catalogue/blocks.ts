import type { RunEvent } from '../../../src/shared/events.ts'

/** The blocks that the log of a run is built of, one line an event: `[who reported it] type what is particular`. */
export type Block = readonly string[]

/** One event as a line of a {@link Block}: verdicts and names, nothing that differs from run to run. */
export function lineOf(event: RunEvent): string {
  const line = `${event.type}${particulars(event)}`
  return event.source === 'agent' ? `[${event.agent_id}] ${line}` : line
}

function particulars(event: RunEvent): string {
  switch (event.type) {
    case 'trust.establishing':
    case 'trust.established':
      return ` ${event.initiator} → ${event.target}`
    case 'trust.failed':
      return ` ${event.initiator} → ${event.target} ${event.code}`
    case 'gate.decided':
      return [event.decision, event.code, event.check]
        .map((part) => (part === null ? '' : ` ${part}`))
        .join('')
    case 'handshake.failed':
    case 'delegation.rejected':
    case 'tct.renewal.rejected':
      return ` ${event.code}`
    case 'manifest.verify_failed':
    case 'revocation.verify_failed':
      return ` ${event.cause}`
    default:
      return 'step_id' in event ? ` ${event.step_id}` : ''
  }
}

/** A handshake before the first step. */
export function eager(initiator: string, responder: string): Block {
  return [
    `trust.establishing ${initiator} → ${responder}`,
    `[${responder}] handshake.started`,
    `[${responder}] handshake.complete`,
    `[${initiator}] handshake.complete`,
    `trust.established ${initiator} → ${responder}`,
  ]
}

/** Everybody with everybody, both ways. */
export function everybody(...agents: readonly string[]): Block {
  return agents.flatMap((one, index) =>
    agents.slice(index + 1).flatMap((other) => [...eager(one, other), ...eager(other, one)]),
  )
}

export function handshake(step: string, initiator: string, responder: string): Block {
  return [...eager(initiator, responder), `step.complete ${step}`]
}

export function said(...steps: readonly string[]): Block {
  return steps.map((step) => `step.skipped ${step}`)
}

/** How many texts an agent generates for one capability. */
function texts(agent: string, count: number): Block {
  return Array.from({ length: count }, () => [`[${agent}] llm.started`, `[${agent}] llm.complete`]).flat()
}

export function self(step: string, agent: string): Block {
  return [
    `step.started ${step}`,
    `[${agent}] capability.self_execute`,
    ...texts(agent, 1),
    `step.complete ${step}`,
  ]
}

/** A call that the peer's gate lets in. */
export function peer(step: string, performer: string, count = 1): Block {
  return [
    `step.started ${step}`,
    `[${performer}] gate.decided allowed`,
    ...texts(performer, count),
    `[${performer}] capability.invoked`,
    `step.complete ${step}`,
  ]
}

export function noTokenProbe(step: string, target: string): Block {
  return [
    `step.probing_no_trust ${step}`,
    `[${target}] gate.decided refused TCT_SIGNATURE_INVALID tct.structure`,
    `step.access_denied ${step}`,
    `step.complete ${step}`,
  ]
}

/** @param verdict wire code and check of the refusal */
export function heldProbeDenied(step: string, target: string, verdict: string): Block {
  return [
    `step.probing_with_held_tct ${step}`,
    `[${target}] gate.decided refused ${verdict}`,
    `step.access_denied ${step}`,
    `step.complete ${step}`,
  ]
}

export function delegate(step: string, delegator: string): Block {
  return [`delegation.issuing ${step}`, `[${delegator}] delegation.issued`, `step.complete ${step}`]
}

export function redeem(step: string, delegatee: string, target: string): Block {
  return [
    `delegation.redeeming ${step}`,
    `[${target}] delegation.redeemed`,
    `[${delegatee}] delegation.redeemed`,
    `step.complete ${step}`,
  ]
}

export function revoke(step: string, issuer: string): Block {
  return [`[${issuer}] tct.revoked`, `step.complete ${step}`]
}

/** @param audience who fetches the list of a Control Plane; without one nobody does */
export function revokeViaCp(step: string, issuer: string, audience?: string): Block {
  return [
    `[${issuer}] tct.revoked`,
    `revocation.published ${step}`,
    ...(audience === undefined ? [] : [`[${audience}] revocation.list_fetched`]),
    `step.complete ${step}`,
  ]
}

export function rotate(step: string, agent: string): Block {
  return [`[${agent}] identity.key.rotated`, `identity.key.rotated ${step}`, `step.complete ${step}`]
}

export function renew(step: string, holder: string, issuer: string): Block {
  return [
    `[${issuer}] tct.renewal.issued`,
    `[${holder}] tct.renewal.requested`,
    `tct.renewed ${step}`,
    `step.complete ${step}`,
  ]
}

export function cacheStats(step: string): Block {
  return [`tct.cache.stats ${step}`, `step.complete ${step}`]
}

export function exportBundle(step: string, coordinator: string): Block {
  return [
    `[${coordinator}] session.bundle.exported`,
    `session.bundle.exported ${step}`,
    `step.complete ${step}`,
  ]
}

export function verifyBundle(step: string, verifier: string): Block {
  return [`[${verifier}] session.bundle.verified`, `session.bundle.verified ${step}`, `step.complete ${step}`]
}

export function spki(step: string): Block {
  return [`spki.pin.checked ${step}`, `step.complete ${step}`]
}

export function enroll(step: string, agent: string): Block {
  return [
    `cp.enroll_started ${step}`,
    `[${agent}] cp.enroll_succeeded`,
    `cp.enroll_complete ${step}`,
    `step.complete ${step}`,
  ]
}

/** A handshake that goes looking for a manifest where there is none. */
export function faultOnManifest(step: string, initiator: string, responder: string): Block {
  return [
    `step.fault_injected ${step}`,
    `trust.establishing ${initiator} → ${responder}`,
    `[${initiator}] manifest.verify_failed MANIFEST_NOT_FOUND`,
    `trust.failed ${initiator} → ${responder} MANIFEST_NOT_FOUND`,
    `step.fault_complete ${step}`,
  ]
}

/** A call that reaches nobody. */
export function faultOnProbe(step: string): Block {
  return [`step.fault_injected ${step}`, `step.probing_with_held_tct ${step}`, `step.fault_complete ${step}`]
}
