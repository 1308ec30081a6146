import { stepTypes } from '../../shared/steps.ts'
import type { Problem } from './problem.ts'
import type { Path } from './source.ts'

const meta = ['id', 'type', 'description']

/** The step types of the ecosystem, with the keys that only make sense on them. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  workflow: ['agent', 'capability', 'input_template', 'input_from', 'target_agent'],
  handshake: ['initiator', 'responder', 'requested_grants'],
  capability_call_no_trust: ['expect_status'],
  capability_probe: ['expect_status'],
  revoke_tct: ['issuer', 'audience', 'via_cp', 'reason'],
  delegate: ['delegator', 'delegatee', 'via_peer', 'scope', 'ttl_secs'],
  redeem_delegation: ['via_delegation', 'target'],
  renew_tct: ['new_ttl_secs', 'via_peer'],
  rotate_keys: [],
  tct_cache_stats: [],
  export_session_bundle: ['coordinator', 'participants'],
  verify_session_bundle: ['verifier', 'via_step'],
  spki_pin_check: ['cert_der_b64', 'pins'],
  enroll_replacedcp: [],
  cp_subscribe_webhook: ['events'],
  cp_provision_trust_anchor: ['namespace', 'issuer_url'],
  cp_delegation_tree: [],
}

/**
 * Gives every step the type it means, so that the schema can judge it. A step that cannot be judged is
 * replaced by one that only has its id, and the rest of the file is still checked.
 */
export function settleStepTypes(value: unknown, problems: Problem[]): unknown {
  const steps = member(member(member(value, 'spec'), 'workflow'), 'steps')
  if (!Array.isArray(steps)) return value
  const settled = steps.map((step, index) => settle(step, ['spec', 'workflow', 'steps', index], problems))
  return replaced(value, ['spec', 'workflow', 'steps'], settled)
}

function settle(step: unknown, path: Path, problems: Problem[]): unknown {
  if (!isMapping(step)) return step
  const { type } = step
  const stub = { id: step['id'], type: 'meta' }
  if (typeof type === 'string' && !stepTypes.some((known) => known === type)) {
    const known = stepTypes.join(', ')
    const message = Object.hasOwn(keysOfType, type)
      ? `This version does not run steps of type ${type}; it runs ${known}.`
      : `There is no step type ${type}; there are ${known}.`
    problems.push({ rule: 'step-type', path: [...path, 'type'], message })
    return stub
  }
  if (type !== undefined) return step
  if (step['agent'] !== undefined && step['capability'] !== undefined) return { ...step, type: 'workflow' }
  const telling = Object.keys(step).filter((key) => typesWith(key).length > 0)
  if (telling.length === 0) return { ...step, type: 'meta' }
  const types = [...new Set(telling.flatMap(typesWith))]
  problems.push({
    rule: 'step-type-missing',
    path,
    message: `The step has no type, yet sets ${telling.join(', ')}, as ${types.join(' or ')} would; write its type.`,
  })
  return stub
}

function typesWith(key: string): string[] {
  return Object.keys(keysOfType).filter((type) => !meta.includes(key) && keysOfType[type]?.includes(key))
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member of a value that may be anything. */
export function member(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string | number, unknown>)[key]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  return { ...(value as object), [key]: replaced(member(value, key), rest, replacement) }
}
