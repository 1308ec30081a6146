import { MetaStep, Step, stepTypes, WorkflowStep } from '../../shared/steps.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { Path } from './source.ts'

const metaKeys = Object.keys(MetaStep.shape)
const workflowKeys = Object.keys(WorkflowStep.shape)

/** The keys that a step of each type can have, beyond those that every step has. */
const keysOfType: ReadonlyMap<string, readonly string[]> = new Map(
  Step.options.map(({ shape }) => [
    shape.type.value,
    Object.keys(shape).filter((key) => !metaKeys.includes(key)),
  ]),
)

/**
 * Gives every step the type it means, so that the schema can judge it. A step that cannot be judged is
 * replaced by one that only has its id, and the rest of the file is still checked.
 */
export function settleStepTypes(value: unknown, problems: Problem[]): unknown {
  const steps = member(member(member(value, 'spec'), 'workflow'), 'steps')
  if (!Array.isArray(steps)) return value
  const settled = steps.map((step, index) =>
    settle(step, ['spec', 'workflow', 'steps', index], { type: 'meta' }, problems),
  )
  return replaced(value, ['spec', 'workflow', 'steps'], settled)
}

/** @param standIn what a step of this place is replaced by, where it cannot be judged */
function settle(step: unknown, path: Path, standIn: object, problems: Problem[]): unknown {
  if (!isMapping(step)) return step
  const { type } = step
  if (typeof type === 'string' && !stepTypes.some((known) => known === type)) {
    const message = `There is no step type ${type}.${suggestion(type, stepTypes) || ` There are ${stepTypes.join(', ')}.`}`
    problems.push({ rule: 'step-type', path: [...path, 'type'], message })
    return { id: step['id'], ...standIn }
  }
  if (type === 'parallel' && Array.isArray(step['steps'])) {
    const inner = step['steps'].map((one, index) =>
      settle(one, [...path, 'steps', index], { type: 'wait', ms: 1 }, problems),
    )
    return { ...step, steps: inner }
  }
  if (type !== undefined) return step
  const telling = Object.keys(step).filter((key) => typesWith(key).length > 0)
  if (telling.length === 0) return { ...step, type: 'meta' }
  const isWorkflow = step['agent'] !== undefined && step['capability'] !== undefined
  if (isWorkflow && telling.every((key) => workflowKeys.includes(key))) return { ...step, type: 'workflow' }
  const types = [...new Set(telling.flatMap(typesWith))].filter((one) =>
    telling.every((key) => keysOfType.get(one)?.includes(key)),
  )
  const meant = types.length === 0 ? 'no one type' : types.join(' or ')
  problems.push({
    rule: 'step-type-missing',
    path,
    message: `The step has no type, yet sets ${telling.join(', ')}, as ${meant} would; write its type.`,
  })
  return { id: step['id'], ...standIn }
}

function typesWith(key: string): string[] {
  return [...keysOfType].flatMap(([type, keys]) => (keys.includes(key) ? [type] : []))
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
