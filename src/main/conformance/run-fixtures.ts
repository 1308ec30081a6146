import type { Answer } from './answer.ts'
import { type Expectation, type Fixture, FixtureError, parseExpectation } from './fixture.ts'
import type { Implementation } from './implementation.ts'
import { judge } from './judge.ts'
import type { KeyRing } from './minter/keys.ts'
import { NOW } from './minter/keys.ts'
import { mint } from './minter/mint.ts'
import { isTree, type Tree } from './tree.ts'

export type FixtureStatus = 'passed' | 'failed' | 'skipped'

export interface FixtureResult {
  readonly id: string
  readonly status: FixtureStatus
  /** The code that the implementation answered with. */
  readonly code?: string
  readonly reason?: string
}

export interface SuiteResult {
  readonly total: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly results: readonly FixtureResult[]
}

export interface SuiteOptions {
  readonly implementation: Implementation
  readonly ring: KeyRing
  /** Whether drafts run, each with its feature switched on for it alone. */
  readonly drafts: boolean
}

/** Runs the fixtures in order, against one instance whose state lasts. */
export async function runFixtures(fixtures: readonly Fixture[], options: SuiteOptions): Promise<SuiteResult> {
  const results: FixtureResult[] = []
  for (const fixture of fixtures) results.push(await runFixture(fixture, options))
  const count = (wanted: FixtureStatus) => results.filter(({ status }) => status === wanted).length
  return {
    total: results.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    results,
  }
}

/** Nothing failed, and no fixture that 0.2 requires was left out for want of an operation. */
export function isGateMet(fixtures: readonly Fixture[], { failed, results }: SuiteResult): boolean {
  const required = new Set(fixtures.filter(({ requiredForV02 }) => requiredForV02).map(({ id }) => id))
  const missing = results.filter(
    ({ id, status, reason }) => status === 'skipped' && required.has(id) && reason?.startsWith(NOT_OFFERED),
  )
  return failed === 0 && missing.length === 0
}

const NOT_OFFERED = 'the implementation does not offer'

async function runFixture(fixture: Fixture, options: SuiteOptions): Promise<FixtureResult> {
  const { id } = fixture
  const notRun = reasonNotToRun(fixture, options)
  if (notRun !== null) return { id, status: 'skipped', reason: notRun }
  try {
    const { input, issuerJwks } = mint(fixture.input, options.ring)
    const steps = stepsOf(fixture, input)
    const missing = steps.find(({ operation }) => !options.implementation.operations.has(operation))
    if (missing !== undefined) {
      // In the midst of a sequence there is nothing to leave out.
      return steps.length > 1
        ? { id, status: 'failed', reason: `${NOT_OFFERED} ${missing.operation}` }
        : { id, status: 'skipped', reason: `${NOT_OFFERED} ${missing.operation}` }
    }
    await prepare(fixture, options)
    return await runSteps(id, steps, issuerJwks, options)
  } catch (error) {
    return { id, status: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

function reasonNotToRun({ tier, requiredForV02, feature }: Fixture, { drafts }: SuiteOptions): string | null {
  if (tier === 'core') return requiredForV02 ? null : 'frozen at protocol 0.1'
  if (tier === 'draft') return drafts ? null : `draft: ${feature}`
  return `${tier}: ${feature}`
}

/** A step that is part of a fixture, with everything that its operation is to be given. */
interface Step {
  readonly operation: string
  readonly params: Tree
  readonly expected: Expectation
}

function stepsOf(fixture: Fixture, input: Tree): readonly Step[] {
  const { operation, sequence, ...context } = input
  if (!Array.isArray(sequence)) {
    if (fixture.expected === null) throw new FixtureError('expected is missing')
    return [{ operation: String(operation), params: context, expected: fixture.expected }]
  }
  return sequence.map((step: unknown, index) => {
    const refuse = (what: string): never => {
      throw new FixtureError(`step ${index + 1}: ${what}`)
    }
    if (!isTree(step)) return refuse('no object')
    const { operation: own = operation, expected, ...params } = step
    if (typeof own !== 'string') return refuse('no operation')
    return { operation: own, params: { ...context, ...params }, expected: parseExpectation(expected, refuse) }
  })
}

/** The clock of the suite, and the feature of this fixture alone: some fixtures need another one to be off. */
async function prepare({ feature }: Fixture, { implementation }: SuiteOptions): Promise<void> {
  const { operations } = implementation
  if (operations.has('set_features')) {
    await implementation.call('set_features', { features: feature === null ? [] : [feature] })
  }
  if (operations.has('set_clock')) {
    await implementation.call('set_clock', { now_unix_secs: NOW, now: NOW })
  }
}

async function runSteps(
  id: string,
  steps: readonly Step[],
  issuerJwks: Tree,
  { implementation }: SuiteOptions,
): Promise<FixtureResult> {
  const unseen: string[] = []
  let answer: Answer | null = null
  for (const [index, { operation, params, expected }] of steps.entries()) {
    // No fixture carries the keys of identity providers, so they come beside it.
    const beside = Object.keys(issuerJwks).length === 0 ? {} : { issuer_jwks: issuerJwks }
    answer = await implementation.call(operation, { ...params, ...beside })
    const { fault, unobserved } = judge(answer, expected)
    const where = steps.length === 1 ? '' : `step ${index + 1}: `
    if (fault !== null) return { id, status: 'failed', ...codeOf(answer), reason: `${where}${fault}` }
    unseen.push(...unobserved.map((name) => `${where}${name}`))
  }
  if (unseen.length > 0) {
    return { id, status: 'skipped', ...codeOf(answer), reason: `not observable: ${unseen.join(', ')}` }
  }
  return { id, status: 'passed', ...codeOf(answer) }
}

function codeOf(answer: Answer | null): { code?: string } {
  return answer === null || answer.ok ? {} : { code: answer.code }
}
