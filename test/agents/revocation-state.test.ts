import { describe, expect, it } from 'vitest'
import { createRevocationState } from '../../agents/base/revocation/revocation-state.ts'
import type { RevocationConfig } from '../../agents/base/revocation/terms.ts'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import type { WorkerEventBody } from '../../src/shared/events.ts'

const aitp = createAitp(nodeEngine)
const controlPlane = aitp.agentKey(new Uint8Array(32).fill(9))
const [first, second, third] = [1, 2, 3].map((digit) => `6f0dd8a5-5f5c-4f9b-8c62-3a0f6ad5a3a${digit}`)
const now = Math.floor(Date.now() / 1000)

function stateOf(
  failMode: RevocationConfig['failMode'] | 'no Control Plane',
  revoked: readonly string[] = [],
  refusesStale = false,
) {
  const events: WorkerEventBody[] = []
  const links = new Map([
    [third, second],
    [second, first],
  ])
  const list = aitp.buildRevocationList(controlPlane, {
    entries: revoked.map((jti) => ({ jti, revoked_at: now })),
    publishedAt: now,
  })
  const state = createRevocationState({
    config:
      failMode === 'no Control Plane'
        ? null
        : { issuer: controlPlane.aid, failMode, maxStalenessSecs: 300, refusesStale },
    telemetry: {
      event: (event) => void events.push(event),
      exchange: () => undefined,
      flush: async () => undefined,
    },
    originOf: (jti) => links.get(jti),
    fetchList: async ({ config }) =>
      aitp.verifyRevocationList(list.text, { now, expectedIssuer: config.issuer }),
  })
  return { state, events }
}

describe('what is revoked', () => {
  it('includes all that came of it, and nothing it came from', () => {
    const { state } = stateOf('no Control Plane')
    state.revoke(String(second))
    expect([first, second, third].map((jti) => state.ownTokens.denies(String(jti)))).toEqual([
      null,
      'local',
      'local',
    ])
  })

  it('is for redemptions what either list says, and for own tokens what the own says', async () => {
    const { state } = stateOf(null, [String(first)])
    await state.refresh()
    expect(state.denies(String(third))).toBe('cp-snapshot')
    expect(state.ownTokens.denies(String(third))).toBeNull()
  })

  it('is for own tokens what either list says, once a fail mode is chosen', async () => {
    const { state } = stateOf('fail_closed', [String(first)])
    await state.refresh()
    expect(state.ownTokens.denies(String(third))).toBe('cp-snapshot')
  })
})

describe('a list that was never had', () => {
  it('stops nothing where nobody chose that it should, and that is told', () => {
    const { state, events } = stateOf(null)
    expect(state.admit()).toMatchObject({ posture: 'degraded', refusal: null })
    expect(state.ownTokens.admit()).toMatchObject({ posture: 'degraded', refusal: null })
    expect(events).toMatchObject([{ type: 'revocation.degraded_serve', fail_mode: 'unset' }])
  })

  it('stops redemptions and not own tokens, where somebody set how old it may be', () => {
    const { state } = stateOf(null, [], true)
    expect(state.admit()).toMatchObject({
      posture: 'degraded',
      refusal: expect.stringContaining('fail_closed'),
    })
    expect(state.ownTokens.admit()).toMatchObject({ posture: 'degraded', refusal: null })
  })

  it('is told of at the first call that is served in spite of it, and at every hundredth', () => {
    const { state, events } = stateOf('soft_fail')
    for (let calls = 0; calls < 200; calls += 1) expect(state.admit().refusal).toBeNull()
    expect(
      events.map((event) => (event.type === 'revocation.degraded_serve' ? event.serves : event.type)),
    ).toEqual([1, 100, 200])
  })
})

it('a token with more behind it than can be followed counts as denied, as does one in a ring', () => {
  const state = createRevocationState({
    config: null,
    telemetry: { event: () => undefined, exchange: () => undefined, flush: async () => undefined },
    originOf: (jti) => (jti === 'ring' ? 'ring' : jti === '0' ? undefined : String(Number(jti) - 1)),
    fetchList: () => Promise.reject(new Error('there is no list')),
  })
  expect([state.denies('999'), state.denies('1000'), state.denies('ring')]).toEqual([null, 'local', 'local'])
  state.revoke('0')
  expect([state.denies('999'), state.denies('5000')]).toEqual(['local', 'local'])
})
