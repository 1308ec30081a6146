import { Counter, Gauge, Histogram, Registry } from 'prom-client'

const prefix = 'aitp_playground_'

/** From a cached look at a token to a text that a model writes. */
const invocationBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 180]
/** A handshake is four messages and a dozen signatures. */
const handshakeBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
/** What one agent does by itself, from a comparison to a handful of signatures. */
const checkBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25]

export type Instruments = ReturnType<typeof createInstruments>

/**
 * What the service counts (playground.md §9.1) and how long things take, in a registry of its own. Each is typed and,
 * where its label values are known, at zero from the start. Registered by name, which is the order of the exposition.
 */
export function createInstruments() {
  const registry = new Registry()
  const registers = [registry]

  function counter<Label extends string = never>(
    name: string,
    help: string,
    ...[label, values]: [Label, readonly string[]] | []
  ): Counter<Label> {
    const made = new Counter({
      name: prefix + name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers,
    })
    for (const value of values ?? []) made.inc({ [label as Label]: value } as Record<Label, string>, 0)
    return made
  }

  function histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name: prefix + name, help, buckets, labelNames, registers })
  }

  return {
    registry,
    capabilityCalls: counter('capability_calls_total', 'Calls of capabilities by steps.', 'outcome', [
      'denied',
      'success',
    ]),
    delegations: counter('delegations_total', 'Delegations by what became of them.', 'outcome', [
      'issued',
      'redeemed',
      'rejected',
    ]),
    gateStage: histogram(
      'gate_stage_duration_seconds',
      'Time in each stage of the gate that a call reached.',
      checkBuckets,
      ['stage', 'decision'],
    ),
    handshakeDuration: histogram(
      'handshake_duration_seconds',
      'Time from the wish for trust to a handshake that established it.',
      handshakeBuckets,
    ),
    handshakes: counter('handshakes_total', 'Handshakes by how they ended.', 'outcome', [
      'established',
      'failed',
    ]),
    invocationDuration: histogram(
      'invocation_duration_seconds',
      'Time in which an admitted call was carried out.',
      invocationBuckets,
      ['capability'],
    ),
    keyRotations: counter('key_rotations_total', 'Agents that took a new key.'),
    revocations: counter('revocations_total', 'Revocations by whose list they came to.', 'source', [
      'cp',
      'local',
    ]),
    runsActive: new Gauge({ name: `${prefix}runs_active`, help: 'Runs that are going on.', registers }),
    runs: counter('runs_total', 'Runs that have ended.', 'status', ['cancelled', 'failed', 'success']),
    stepOutcomes: counter('step_outcomes_total', 'Steps by what came of them.', 'outcome', [
      'complete',
      'denied',
      'skipped',
    ]),
    tctsIssued: counter('tcts_issued_total', 'Tokens issued by handshakes and redemptions.'),
    verificationDuration: histogram(
      'verification_duration_seconds',
      'Time in which an agent verified something it was shown.',
      checkBuckets,
      ['artefact'],
    ),
  }
}
