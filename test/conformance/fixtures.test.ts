import { describe, expect, it } from 'vitest'
import { FixtureError, parseFixture } from '../../src/main/conformance/fixture.ts'
import { mint } from '../../src/main/conformance/minter/mint.ts'
import { isGateMet, runFixtures } from '../../src/main/conformance/run-fixtures.ts'
import type { Tree } from '../../src/main/conformance/tree.ts'
import { fixtureNamed, fixtures, own, ring } from './suite.ts'

const notPassed = (result: Awaited<ReturnType<typeof runFixtures>>) =>
  result.results.filter(({ status }) => status !== 'passed').map(({ id, reason }) => `${id}: ${reason}`)

describe('the suite', () => {
  it('passes but for the one fixture that is frozen at 0.1', async () => {
    const result = await runFixtures(fixtures, { implementation: own(), ring, drafts: true })
    expect(notPassed(result)).toEqual(['del-004: frozen at protocol 0.1'])
    expect(result).toMatchObject({ total: 72, passed: 71, failed: 0, skipped: 1 })
    expect(isGateMet(fixtures, result)).toBe(true)
  })

  it('without drafts passes what 0.2 requires and leaves out the rest', async () => {
    const result = await runFixtures(fixtures, { implementation: own(), ring, drafts: false })
    expect(result).toMatchObject({ total: 72, passed: 61, failed: 0, skipped: 11 })
    const required = fixtures.filter(({ requiredForV02 }) => requiredForV02).map(({ id }) => id)
    expect(result.results.filter(({ status }) => status === 'passed').map(({ id }) => id)).toEqual(required)
  })

  it('gives each fixture the same verdict alone as among the others', async () => {
    for (const fixture of fixtures) {
      const { results } = await runFixtures([fixture], { implementation: own(), ring, drafts: true })
      expect(results[0]?.status).toBe(fixture.id === 'del-004' ? 'skipped' : 'passed')
    }
  })

  it('refuses the retired object form, as a runner that executes it expects', async () => {
    const { input } = mint(fixtureNamed('del-004').input, ring)
    const answer = await own().call('verify_delegation_token', input)
    expect(answer).toMatchObject({ ok: false, code: 'DELEGATION_MULTIHOP_NOT_SUPPORTED' })
  })
})

/** Runs a fixture after changing it, which has to be noticed. */
async function changed(id: string, change: (file: Tree) => void) {
  const { input, expected, tier, requiredForV02, feature } = fixtureNamed(id)
  const file: Tree = structuredClone({
    id,
    rfc: 'RFC-AITP-0001',
    status: tier,
    required_for_v0_1: false,
    required_for_v0_2: requiredForV02,
    feature,
    input,
    expected: {
      outcome: expected?.outcome,
      ...(expected?.errorCode ? { error_code: expected.errorCode } : {}),
      ...(expected?.grants ? { grants: expected.grants } : {}),
      side_effects: expected?.sideEffects ?? {},
    },
  })
  change(file)
  const { results } = await runFixtures([parseFixture(id, file)], {
    implementation: own(),
    ring,
    drafts: true,
  })
  return results[0]
}

describe('the runner notices', () => {
  it('nothing, when nothing was changed', async () => {
    expect(await changed('tct-002', () => undefined)).toMatchObject({ status: 'passed', code: 'TCT_EXPIRED' })
  })

  it('another code', async () => {
    const result = await changed('tct-002', ({ expected }) =>
      Object.assign(expected as Tree, { error_code: 'TCT_REVOKED' }),
    )
    expect(result).toMatchObject({ status: 'failed', code: 'TCT_EXPIRED' })
  })

  it('a success that should fail, and the other way round', async () => {
    const success = { expected: { outcome: 'success' } }
    const failure = { expected: { outcome: 'failure', error_code: 'TCT_EXPIRED' } }
    expect(await changed('tct-002', (file) => Object.assign(file, success))).toMatchObject({
      status: 'failed',
    })
    expect(await changed('vch-001', (file) => Object.assign(file, failure))).toMatchObject({
      status: 'failed',
    })
  })

  it('other grants, in whatever order', async () => {
    const grants = (list: string[]) => (file: Tree) =>
      Object.assign(file['expected'] as Tree, { grants: list })
    expect(await changed('vch-001', grants(['read_data', 'macp.mode.task.v1']))).toMatchObject({
      status: 'passed',
    })
    expect(await changed('vch-001', grants(['read_data']))).toMatchObject({ status: 'failed' })
  })

  it('a side effect that is otherwise, and never counts one as held that nobody reports', async () => {
    const effects = (side_effects: Tree) => (file: Tree) =>
      Object.assign(file['expected'] as Tree, { side_effects })
    expect(await changed('rev-004', effects({ revocation_lookup_called: true }))).toMatchObject({
      status: 'failed',
    })
    expect(await changed('rev-004', effects({ capability_authorized: false }))).toMatchObject({
      status: 'skipped',
      reason: 'not observable: capability_authorized',
    })
  })

  it('a token without claims to sign', async () => {
    const result = await changed('tct-002', ({ input }) => delete (input as Tree)['tct_token_claims'])
    expect(result).toMatchObject({ status: 'failed', reason: '__JWS_TCT__ has no claims beside it' })
  })

  it('a placeholder that nobody mints', async () => {
    const result = await changed('tct-002', ({ input }) =>
      Object.assign(input as Tree, { more: '__NEW_THING__' }),
    )
    expect(result).toMatchObject({ status: 'failed', reason: expect.stringContaining('__NEW_THING__') })
  })

  it('an operation that is not offered, as skipped and as a gate not met', async () => {
    const fixture = { ...fixtureNamed('tct-002'), input: { operation: 'verify_everything' } }
    const result = await runFixtures([fixture], { implementation: own(), ring, drafts: true })
    expect(result).toMatchObject({ failed: 0, skipped: 1 })
    expect(isGateMet([fixture], result)).toBe(false)
  })
})

describe('a file that is no fixture', () => {
  const good = {
    id: 'x-001',
    rfc: 'RFC-AITP-0001',
    status: 'core',
    required_for_v0_1: false,
    required_for_v0_2: true,
    feature: null,
    input: { operation: 'verify_tct' },
    expected: { outcome: 'success' },
  }

  it.each<[string, object]>([
    ...Object.keys(good).map((name): [string, object] => [`without ${name}`, { [name]: undefined }]),
    ['of an unknown tier', { status: 'optional' }],
    ['that is core and required for nothing', { required_for_v0_2: false }],
    ['that is a draft and required', { status: 'draft', feature: 'x' }],
    ['that is core with a feature', { feature: 'x' }],
    ['with an unknown outcome', { expected: { outcome: 'maybe' } }],
    ['with a failure without a code', { expected: { outcome: 'failure' } }],
    ['with a side effect that is no flag', { expected: { outcome: 'success', side_effects: { a: 1 } } }],
    ['whose steps and itself are expected', { input: { sequence: [] } }],
  ])('%s is refused loudly', (_, change) => {
    expect(() => parseFixture('x.json', good)).not.toThrow()
    expect(() => parseFixture('x.json', { ...good, ...change })).toThrow(FixtureError)
  })
})
