import { isTree, type Tree } from './tree.ts'

/** `core` has to work everywhere; `draft` needs its feature; `extension` and `reserved` are for others. */
export type FixtureTier = 'core' | 'draft' | 'extension' | 'reserved'

/** What a fixture or a step of it wants to see. */
export interface Expectation {
  readonly outcome: 'success' | 'failure'
  readonly errorCode: string | null
  readonly grants: readonly string[] | null
  readonly sideEffects: Readonly<Record<string, boolean>>
}

/** One case of the conformance suite (`aitp-conformance-fixture.schema.json`). */
export interface Fixture {
  readonly id: string
  readonly tier: FixtureTier
  readonly requiredForV02: boolean
  /** Name of the opt-in, `null` for core. */
  readonly feature: string | null
  readonly input: Tree
  /** Absent when the steps of `input.sequence` have their own. */
  readonly expected: Expectation | null
}

/** The file is not a fixture. A runner has to say so: a fixture that is skipped silently looks like one that passed. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'
}

const tiers: readonly unknown[] = ['core', 'draft', 'extension', 'reserved']

export function parseFixture(file: string, value: unknown): Fixture {
  const refuse = (what: string): never => {
    throw new FixtureError(`${file}: ${what}`)
  }
  if (!isTree(value)) return refuse('no JSON object')
  const { id, rfc, status, required_for_v0_1, required_for_v0_2, feature, input, expected } = value
  if (typeof id !== 'string' || id === '') return refuse('id is no string')
  if (typeof rfc !== 'string' || !/^RFC-AITP-\d{4}$/.test(rfc)) return refuse('rfc is not RFC-AITP-NNNN')
  if (!isTier(status)) return refuse('status is not core, draft, extension or reserved')
  if (typeof required_for_v0_1 !== 'boolean' || typeof required_for_v0_2 !== 'boolean') {
    return refuse('required_for_v0_1 and required_for_v0_2 are not both boolean')
  }
  if ((status === 'core') !== (required_for_v0_1 || required_for_v0_2)) {
    return refuse('a core fixture is required for some version, and no other is')
  }
  if (feature !== null && typeof feature !== 'string') return refuse('feature is neither a string nor null')
  if ((feature === null) !== (status === 'core')) return refuse('exactly the core fixtures have no feature')
  if (!isTree(input)) return refuse('input is no object')
  const isSequence = Array.isArray(input['sequence'])
  if (isSequence !== (expected === undefined)) return refuse('either the steps or the fixture has expected')
  return {
    id,
    tier: status,
    requiredForV02: required_for_v0_2,
    feature,
    input,
    expected: expected === undefined ? null : parseExpectation(expected, refuse),
  }
}

export function parseExpectation(value: unknown, refuse: (what: string) => never): Expectation {
  if (!isTree(value)) return refuse('expected is no object')
  const { outcome, error_code: errorCode = null, grants = null, side_effects: sideEffects = {} } = value
  if (outcome !== 'success' && outcome !== 'failure') return refuse('outcome is not success or failure')
  if (errorCode !== null && typeof errorCode !== 'string') return refuse('error_code is no string')
  if ((outcome === 'failure') !== (errorCode !== null)) return refuse('exactly a failure has an error_code')
  if (grants !== null && !isStrings(grants)) return refuse('grants is no array of strings')
  if (!isTree(sideEffects) || !isFlags(sideEffects)) return refuse('side_effects are not boolean')
  return { outcome, errorCode, grants, sideEffects }
}

function isTier(value: unknown): value is FixtureTier {
  return tiers.includes(value)
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isFlags(value: Tree): value is Record<string, boolean> {
  return Object.values(value).every((flag) => typeof flag === 'boolean')
}
