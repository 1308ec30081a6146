import type { SingleStep } from '../../../shared/steps.ts'
import { suggestion } from '../nearest.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import { member } from '../step-shapes.ts'
import { agentIds, isRemote, type StepContext } from './context.ts'

/** The members that name an agent which the step makes act; the console must have started it. */
const acting: Readonly<Record<SingleStep['type'], readonly string[]>> = {
  workflow: ['agent'],
  capability_call_no_trust: ['agent'],
  capability_probe: ['agent'],
  handshake: ['initiator'],
  delegate: ['delegator'],
  redeem_delegation: ['delegatee'],
  revoke_tct: ['issuer'],
  refresh_revocations: ['agent'],
  rotate_keys: ['agent'],
  renew_tct: ['agent'],
  tct_cache_stats: ['agent'],
  export_session_bundle: ['coordinator', 'participants'],
  verify_session_bundle: ['verifier'],
  spki_pin_check: [],
  enroll_with_cp: ['agent'],
  cp_subscribe_webhook: [],
  cp_provision_trust_anchor: ['agent'],
  cp_delegation_tree: ['agent'],
  wait: [],
}

/** The members that name an agent which the step is aimed at. */
const aimedAt: Readonly<Partial<Record<SingleStep['type'], readonly string[]>>> = {
  workflow: ['target_agent'],
  capability_call_no_trust: ['target_agent'],
  capability_probe: ['target_agent'],
  handshake: ['responder'],
  delegate: ['delegatee', 'via_peer'],
  redeem_delegation: ['target'],
  revoke_tct: ['audience'],
  renew_tct: ['via_peer'],
}

/** Pairs that must be two agents. */
const different: Readonly<Partial<Record<SingleStep['type'], readonly (readonly [string, string])[]>>> = {
  capability_call_no_trust: [['agent', 'target_agent']],
  capability_probe: [['agent', 'target_agent']],
  handshake: [['initiator', 'responder']],
  delegate: [
    ['delegator', 'delegatee'],
    ['delegator', 'via_peer'],
    ['delegatee', 'via_peer'],
  ],
  redeem_delegation: [['delegatee', 'target']],
  revoke_tct: [['issuer', 'audience']],
  renew_tct: [['agent', 'via_peer']],
}

/** Every agent that a step names is there, can do its part, and is not its own peer. */
export function checkAgents(step: SingleStep, path: Path, context: StepContext): Problem[] {
  const actors = acting[step.type].flatMap((key) => named(step, key))
  const targets = (aimedAt[step.type] ?? []).flatMap((key) => named(step, key))
  const inFault = namedByFault(step)
  return [
    ...[...actors, ...targets, ...inFault].flatMap(({ id, at }) =>
      unknownAgent(id, [...path, ...at], context),
    ),
    ...actors.flatMap(({ id, at }) => remoteActor(id, [...path, ...at], context)),
    ...(different[step.type] ?? []).flatMap((pair) => sameAgent(step, pair, path)),
  ]
}

interface Named {
  readonly id: string
  readonly at: Path
}

function named(step: SingleStep, key: string): Named[] {
  const value = member(step, key)
  if (typeof value === 'string') return [{ id: value, at: [key] }]
  if (!Array.isArray(value)) return []
  return value.map((id: unknown, index) => ({ id: String(id), at: [key, index] }))
}

function namedByFault(step: SingleStep): Named[] {
  const fault = 'fault' in step ? step.fault : undefined
  if (fault?.kind === 'stolen_token') return [{ id: fault.victim, at: ['fault', 'victim'] }]
  if (fault?.kind === 'wrong_audience') return [{ id: fault.of, at: ['fault', 'of'] }]
  return []
}

function unknownAgent(id: string, path: Path, { scenario }: StepContext): Problem[] {
  const ids = agentIds(scenario)
  if (ids.includes(id)) return []
  const message = `There is no agent ${id} in this scenario; there are ${ids.join(', ')}.${suggestion(id, ids)}`
  return [{ rule: 'unknown-agent', path, message }]
}

function remoteActor(id: string, path: Path, { scenario }: StepContext): Problem[] {
  if (!isRemote(id, scenario)) return []
  const message = `Agent ${id} runs elsewhere and cannot be told to act; it can only be called.`
  return [{ rule: 'remote-agent', path, message }]
}

function sameAgent(step: SingleStep, [one, other]: readonly [string, string], path: Path): Problem[] {
  const id = member(step, one)
  if (id === undefined || id !== member(step, other)) return []
  const message = `Agent ${id} is both ${one} and ${other}; these must be two agents.`
  return [{ rule: 'same-agent', path: [...path, other], message }]
}
