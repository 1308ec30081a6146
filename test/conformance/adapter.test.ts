import { describe, expect, it } from 'vitest'
import { Adapter, parseReply } from '../../src/main/conformance/adapter.ts'
import { NOW } from '../../src/main/conformance/minter/keys.ts'
import { minted, own } from './suite.ts'

/** Sends lines one after the other to one adapter and gives its answers. */
async function conversation(...lines: readonly unknown[]) {
  const adapter = new Adapter(own())
  const answers = []
  for (const line of lines) {
    const reply = await adapter.handle(typeof line === 'string' ? line : JSON.stringify(line))
    answers.push(reply === null ? null : { ...JSON.parse(reply.line), done: reply.done })
  }
  return answers
}

const request = (id: string, op: string, params: unknown = {}) => ({ id, op, params })

describe('the adapter', () => {
  it('introduces itself with all four members', async () => {
    const [answer] = await conversation(request('req-1', 'init', { version: '1' }))
    expect(answer).toMatchObject({
      id: 'req-1',
      ok: true,
      result: {
        implementation: 'aitp-trust-console',
        version: '0.0.0',
        supported_features: ['experimental-multihop-delegation', 'experimental-session-bundle'],
      },
    })
    // Only what is named here is ever sent.
    expect(answer.result.supported_ops).toEqual(
      expect.arrayContaining(['set_clock', 'set_features', 'verify_tct', 'verify_session_bundle']),
    )
  })

  it('echoes ids, answers what it does not know, and ends when told', async () => {
    expect(
      await conversation(
        request('a', 'verify_everything'),
        '',
        '   ',
        'rubbish',
        '[]',
        '{"id":7,"op":"init"}',
        request('b', 'verify_tct', { tct_token: 7 }),
        request('c', 'shutdown'),
      ),
    ).toMatchObject([
      { id: 'a', ok: false, error_code: 'OP_NOT_SUPPORTED', done: false },
      null,
      null,
      { id: 'unknown', ok: false, error_code: 'MALFORMED_REQUEST' },
      { id: 'unknown', error_code: 'MALFORMED_REQUEST' },
      { id: 'unknown', error_code: 'MALFORMED_REQUEST' },
      { id: 'b', ok: false, error_code: 'INVALID_REQUEST' },
      { id: 'c', ok: true, result: {}, done: true },
    ])
  })

  it('never puts a result into a failure, and side effects only for a runner that asked', async () => {
    const { operation: _, ...params } = minted('rev-004')
    const [, silent] = await conversation(request('1', 'init'), request('2', 'verify_tct', params))
    expect(Object.keys(silent).sort()).toEqual(['done', 'error_code', 'id', 'message', 'ok'])
    const [, told] = await conversation(
      request('1', 'init', { side_effects: true }),
      request('2', 'verify_tct', params),
    )
    expect(told).toMatchObject({
      error_code: 'TCT_SIGNATURE_INVALID',
      side_effects: { revocation_lookup_called: false },
    })
  })

  it('keeps the clock and the features it is given', async () => {
    const [, , dump] = await conversation(
      request('1', 'set_clock', { now_unix_secs: NOW + 1 }),
      request('2', 'set_features', { features: ['experimental-session-bundle', 'of-another'] }),
      request('3', 'dump_session'),
    )
    expect(dump.result).toMatchObject({ now_unix_secs: NOW + 1, features: ['experimental-session-bundle'] })
  })

  it('offers canonical JSON and thumbprints', async () => {
    expect(
      await conversation(
        request('1', 'verify_jcs', { input: { b: 1, a: [1e21] } }),
        request('2', 'compute_jwk_thumbprint', { public_key: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' }),
      ),
    ).toMatchObject([
      { result: { canonical_utf8: '{"a":[1e+21],"b":1}' } },
      { result: { thumbprint: '9ZP03Nu8GrXPAUkbKNxHOKBzxPX83SShgFkRNK-f2lw' } },
    ])
  })
})

describe('an answer of a target', () => {
  it.each([
    ['no JSON', 'rubbish'],
    ['another id', '{"id":"req-2","ok":true,"result":{}}'],
    ['a success without a result', '{"id":"req-1","ok":true}'],
    ['a failure without a message', '{"id":"req-1","ok":false,"error_code":"X"}'],
    ['a failure with a result', '{"id":"req-1","ok":false,"error_code":"X","message":"","result":{}}'],
  ])('that is %s is no answer', (_, line) => {
    expect(() => parseReply(line, 'req-1')).toThrow()
  })
})

describe('issuing', () => {
  const call = async (implementation: ReturnType<typeof own>, operation: string, params: object) => {
    const answer = await implementation.call(operation, { ...params })
    if (!answer.ok) throw new TypeError(`${operation}: ${answer.code} ${answer.message}`)
    return answer.result
  }

  const newAgent = async (implementation: ReturnType<typeof own>, fill: number) => {
    const seed = Buffer.alloc(32, fill).toString('base64url')
    const { handle, aid, public_key } = await call(implementation, 'generate_keypair', { seed })
    const { manifest_envelope: manifest } = await call(implementation, 'issue_manifest', {
      keypair: handle,
      handshake_endpoint: 'https://agent.example.com/aitp/handshake/',
      identity_hint: { type: 'pinned_key', subject: `agent-${fill}`, public_key },
      accepted_trust_anchors: [],
      offered_capabilities: ['demo.sum'],
    })
    return { handle, aid, manifest }
  }

  it('two adapters shake hands, and each completes with the token of the other', async () => {
    const [left, right] = [own(), own()]
    const [a, b] = [await newAgent(left, 1), await newAgent(right, 2)]
    const asked = { requested_grants: ['demo.sum'] }
    const first = await call(left, 'start_handshake', {
      role: 'initiator',
      keypair: a.handle,
      manifest: a.manifest,
      peer_manifest: b.manifest,
      ...asked,
    })
    const second = await call(right, 'start_handshake', {
      role: 'responder',
      keypair: b.handle,
      manifest: b.manifest,
      ...asked,
    })
    const next = (
      to: typeof left,
      { session_id }: Record<string, unknown>,
      { envelope }: Record<string, unknown>,
    ) => call(to, 'process_handshake_message', { session_id, envelope })
    const ack = await next(right, second, first)
    const commit = await next(left, first, ack)
    const commitAck = await next(right, second, commit)
    const done = await next(left, first, commitAck)
    expect(done).toMatchObject({ completed: true, peer: b.aid, grants: ['demo.sum'] })
    expect(commitAck).toMatchObject({ completed: true, peer: a.aid, held_tct: done['issued_tct'] })
    expect(
      await left.call('process_handshake_message', { session_id: first['session_id'], envelope: {} }),
    ).toMatchObject({
      code: 'INVALID_ENVELOPE',
    })
  })

  it('what is issued here is accepted here: tokens, a chain of them, a bundle, an envelope', async () => {
    const implementation = own()
    const agents = []
    for (const fill of [1, 2, 3, 4]) agents.push(await newAgent(implementation, fill))
    const [a, b, c, d] = agents
    if (!a || !b || !c || !d) throw new TypeError('there are four')
    await call(implementation, 'set_features', {
      features: ['experimental-multihop-delegation', 'experimental-session-bundle'],
    })
    const { tct_token, grant_voucher } = await call(implementation, 'issue_tct', {
      issuer_keypair: a.handle,
      subject: b.aid,
      audience: b.aid,
      grants: ['demo.sum'],
    })
    expect(await call(implementation, 'verify_tct', { tct_token, expected_audience: b.aid })).toMatchObject({
      grants: ['demo.sum'],
    })
    const hop = (params: object) =>
      call(implementation, 'issue_delegation_token', { scope: ['demo.sum'], ...params })
    const first = await hop({ delegator_keypair: b.handle, delegatee: c.aid, voucher: grant_voucher })
    const second = await hop({
      delegator_keypair: c.handle,
      delegatee: d.aid,
      prior_token: first['delegation_token'],
    })
    expect(
      await call(implementation, 'verify_delegation_token', { self_aid: a.aid, ...second }),
    ).toMatchObject({
      delegatee: d.aid,
    })
    const bundle = await call(implementation, 'issue_session_bundle', {
      coordinator_keypair: a.handle,
      participants: [{ aid: b.aid, tct: tct_token }],
    })
    expect(await call(implementation, 'verify_session_bundle', { self_aid: b.aid, ...bundle })).toMatchObject(
      {
        kind: 'clear',
      },
    )
    const signed = await call(implementation, 'sign_envelope', {
      keypair: a.handle,
      message_type: 'error',
      payload: { code: 'POLICY_VIOLATION', retryable: false },
    })
    expect(await call(implementation, 'verify_envelope', signed)).toMatchObject({ sender: a.aid })
  })
})
