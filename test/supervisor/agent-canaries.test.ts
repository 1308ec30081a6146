import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import {
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

/** Everything that may be in an exchange and nowhere else: tokens, nonces, signatures, proofs. */
function canariesOf(sink: TelemetrySink): string[] {
  const kinds = ['hello', 'commit', 'capability', 'redeem', 'renew'] as const
  const captured = kinds.flatMap((kind) => exchangesOf(sink, kind))
  const tokens = captured.flatMap(({ request_tokens, response_tokens }) =>
    [...request_tokens, ...response_tokens].flatMap(({ token }) => [token, token.split('.')[2] ?? '']),
  )
  const bodies = captured.flatMap(({ request, response }) => [request.body.text, response?.body.text ?? ''])
  const members = bodies.flatMap((text) =>
    [...text.matchAll(/"(?:pop_nonce|pop_nonce_echo|pop_signature|nonce|signature)":"([^"]{16,})"/g)].map(
      ([, value]) => value ?? '',
    ),
  )
  const proofs = captured.flatMap(({ request, response }) =>
    [...request.headers, ...(response?.headers ?? [])].flatMap(([name, value]) =>
      /^x-aitp-pop-/i.test(name) ? [value] : [],
    ),
  )
  return [...new Set([...tokens, ...members, ...proofs])]
}

/** Every kind of exchange between three agents, refusals among them. */
async function converse([alice, bob, carol]: readonly [LoneWorker, LoneWorker, LoneWorker]): Promise<void> {
  const shake = { peer_manifest_url: bob.manifestUrl }
  const call = { peer_aid: bob.worker.aid, capability: 'write.content', payload: 'x' }
  await alice.admin('POST', '/admin/initiate-handshake', shake)
  await alice.admin('POST', '/admin/invoke', call)
  await alice.admin('POST', '/admin/invoke', { ...call, fault: { kind: 'tamper' } })
  await alice.admin('POST', '/admin/invoke', { ...call, capability: 'write.other' })
  await alice.admin('POST', '/admin/renew-tct', { peer_aid: bob.worker.aid })
  const made = await alice.admin('POST', '/admin/delegate', {
    peer_aid: bob.worker.aid,
    delegatee_manifest_url: carol.manifestUrl,
    scope: ['write.content'],
  })
  const { delegation_token } = made as { delegation_token: string }
  await carol.admin('POST', '/admin/redeem-delegation', { ...shake, delegation_token })
  await fetch(`http://127.0.0.1:${bob.worker.port}/capabilities/write.content`, {
    method: 'POST',
    headers: { 'x-aitp-tct': delegation_token, 'content-encoding': 'gzip' },
    body: delegation_token,
  })
}

async function startThree(sink: TelemetrySink, log?: pino.Logger) {
  const three = await Promise.all([
    startLoneWorker('researcher', sink, {}, {}, log),
    startLoneWorker('writer', sink, {}, { aitp: { pop: 'required' } }, log),
    startLoneWorker('analyzer', sink, {}, {}, log),
  ])
  await introduce(three)
  return three
}

describe('tokens, nonces, signatures and proofs', () => {
  it('are in the exchanges, and in no event', async () => {
    const sink = await startTelemetrySink()
    await converse(await startThree(sink))
    const canaries = canariesOf(sink)
    expect(canaries.length).toBeGreaterThan(30)
    const events = JSON.stringify(sink.items.filter(({ item }) => item === 'event'))
    expect(canaries.filter((canary) => events.includes(canary))).toEqual([])
  })

  it('are in no line that an agent writes, also when it fails', async () => {
    const lines: string[] = []
    const log = pino(
      { level: 'debug' },
      new Writable({
        write(chunk, _encoding, done) {
          lines.push(String(chunk))
          done()
        },
      }),
    )
    const sink = await startTelemetrySink()
    const three = await startThree(sink, log)
    await converse(three)
    const canaries = canariesOf(sink)
    // From here on nothing can be reported, which every agent writes down.
    sink.stop()
    await converse(three)
    const written = lines.join('\n')
    expect(written).toContain('telemetry was not delivered')
    expect(canaries.filter((canary) => written.includes(canary))).toEqual([])
    expect(written).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}\./)
  })
})
