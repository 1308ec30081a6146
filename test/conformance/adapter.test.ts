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
