import type { SingleStep, StepType } from '../../../shared/steps.ts'
import { suggestion } from '../nearest.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import type { StepContext } from './context.ts'

/** Steps that leave no output. */
const withoutOutput: readonly StepType[] = ['meta']

/** Every earlier step that a step builds on exists, comes before it, and is of a kind that fits. */
export function checkReferences(step: SingleStep, path: Path, context: StepContext): Problem[] {
  const problems: Problem[] = []
  if ('input_from' in step && step.input_from !== undefined) {
    problems.push(...earlierStep('input-from', step.input_from, [...path, 'input_from'], hasOutput, context))
  }
  if ('via_delegation' in step && step.via_delegation !== undefined) {
    problems.push(...viaDelegation(step, step.via_delegation, path, context))
  }
  if ('via_step' in step && step.via_step !== undefined) {
    const fits = step.type === 'verify_session_bundle' ? makesBundle : obtainsToken
    problems.push(...earlierStep('step-reference', step.via_step, [...path, 'via_step'], fits, context))
  }
  return problems
}

interface Fit {
  readonly types: readonly StepType[] | null
  readonly what: string
}

const hasOutput: Fit = { types: null, what: 'has no output' }
const makesDelegation: Fit = { types: ['delegate'], what: 'makes no delegation' }
const makesBundle: Fit = { types: ['export_session_bundle'], what: 'makes no session bundle' }
const obtainsToken: Fit = {
  types: ['handshake', 'redeem_delegation', 'renew_tct'],
  what: 'obtains no token',
}

function earlierStep(
  rule: Problem['rule'],
  id: string,
  path: Path,
  { types, what }: Fit,
  { earlier, all }: StepContext,
): Problem[] {
  const fits = (type: StepType) => (types === null ? !withoutOutput.includes(type) : types.includes(type))
  const found = earlier.find((step) => step.id === id)
  if (found !== undefined && fits(found.type)) return []
  const candidates = earlier.filter(({ type }) => fits(type)).map((step) => step.id)
  const message =
    found !== undefined
      ? `Step ${id} is a ${found.type} step and ${what}.`
      : all.some((step) => step.id === id)
        ? `Step ${id} does not come before this one.`
        : `There is no step ${id}.${suggestion(id, candidates)}`
  return [{ rule, path, message }]
}

function viaDelegation(step: SingleStep, id: string, path: Path, context: StepContext): Problem[] {
  const at = [...path, 'via_delegation']
  const problems = earlierStep('step-reference', id, at, makesDelegation, context)
  const made = context.earlier.find((earlier) => earlier.id === id)
  if (made?.type !== 'delegate') return problems
  const holder =
    step.type === 'delegate' ? step.delegator : step.type === 'redeem_delegation' ? step.delegatee : null
  const stolen = 'fault' in step && step.fault?.kind === 'stolen_token'
  if (holder === null || holder === made.delegatee || stolen) return problems
  const message = `Step ${id} delegates to ${made.delegatee}, not to ${holder}.`
  return [...problems, { rule: 'step-reference', path: at, message }]
}
