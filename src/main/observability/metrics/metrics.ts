import { isTerminalEvent, type RunEvent } from '../../../shared/events.ts'
import type { StageFact } from '../../../shared/gate.ts'
import type { Report } from '../../../shared/report.ts'
import { createBoundedLabel } from './bounded-label.ts'
import { createInstruments } from './instruments.ts'
import { RunFacts } from './run-facts.ts'

/** What this process has counted since it started; a host that starts again counts anew. */
export interface Metrics {
  /** Counts what an event of the log tells. */
  observe(event: RunEvent): void
  /** Counts a verification whose report says how long it took. */
  verified(report: Report): void
  /** The text exposition of Prometheus, version 0.0.4, by name. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const instruments = createInstruments()
  const { registry, runsActive, verificationDuration } = instruments
  const boundedCapability = createBoundedLabel()
  const running = new Map<string, RunFacts>()

  function observe(event: RunEvent): void {
    if (event.type === 'run.started') running.set(event.run_id, new RunFacts())
    // What comes when a run is over has nothing beside it that could tell it again.
    count(event, running.get(event.run_id) ?? new RunFacts())
    if (isTerminalEvent(event)) running.delete(event.run_id)
    runsActive.set(running.size)
  }

  function count(event: RunEvent, facts: RunFacts): void {
    const { runs, handshakes, handshakeDuration, tctsIssued, delegations } = instruments
    const { revocations, keyRotations, capabilityCalls, stepOutcomes, invocationDuration } = instruments
    switch (event.type) {
      case 'run.complete':
        runs.inc({ status: 'success' })
        break
      case 'run.failed':
        runs.inc({ status: 'failed' })
        break
      case 'run.cancelled':
        runs.inc({ status: 'cancelled' })
        break
      case 'trust.establishing':
        facts.handshakeBegan(event)
        break
      case 'trust.established': {
        const seconds = facts.handshakeOver(event)
        if (seconds !== null) handshakeDuration.observe(seconds)
        handshakes.inc({ outcome: 'established' })
        tctsIssued.inc()
        break
      }
      case 'trust.failed':
        facts.handshakeOver(event)
        handshakes.inc({ outcome: 'failed' })
        break
      case 'handshake.complete':
        if (event.role !== 'responder' || !facts.isFromOutside(event)) break
        handshakes.inc({ outcome: 'established' })
        tctsIssued.inc()
        break
      case 'handshake.failed':
        if (event.role === 'responder' && facts.isFromOutside(event)) handshakes.inc({ outcome: 'failed' })
        break
      case 'delegation.issued':
        delegations.inc({ outcome: 'issued' })
        break
      case 'delegation.rejected':
        delegations.inc({ outcome: 'rejected' })
        break
      case 'delegation.redeemed':
        if (!facts.isNew('redemption', event.jti)) break
        delegations.inc({ outcome: 'redeemed' })
        tctsIssued.inc()
        break
      case 'tct.revoked':
        revocations.inc({ source: 'local' })
        break
      case 'revocation.published':
        if (event.result.to_cp) revocations.inc({ source: 'cp' })
        break
      case 'identity.key.rotated':
        if (facts.isNew('rotation', event.source === 'agent' ? event.new_aid : event.aid)) keyRotations.inc()
        break
      case 'step.access_denied':
      case 'step.unexpected_status':
        facts.denied(event.step_id)
        if (event.capability !== undefined) capabilityCalls.inc({ outcome: 'denied' })
        stepOutcomes.inc({ outcome: 'denied' })
        break
      case 'step.retrying':
        facts.attemptOver(event.step_id)
        break
      case 'step.complete':
        if (facts.attemptOver(event.step_id)) break
        if (event.capability !== undefined) capabilityCalls.inc({ outcome: 'success' })
        stepOutcomes.inc({ outcome: 'complete' })
        break
      case 'step.skipped':
        stepOutcomes.inc({ outcome: 'skipped' })
        break
      case 'gate.decided':
        timeStages(event.stages)
        break
      case 'capability.invoked': {
        timeStages(event.stages)
        const ms = event.stages.reduce((sum, stage) => sum + stage.ms, 0)
        invocationDuration.observe({ capability: boundedCapability(event.capability) }, ms / 1000)
        break
      }
    }
  }

  function timeStages(stages: readonly StageFact[]): void {
    for (const { stage, decision, ms } of stages)
      if (decision !== 'not_reached') instruments.gateStage.observe({ stage, decision }, ms / 1000)
  }

  return {
    observe,
    verified: ({ subject, ms }) => {
      if (ms !== undefined) verificationDuration.observe({ artefact: subject }, ms / 1000)
    },
    text: () => registry.metrics(),
  }
}
