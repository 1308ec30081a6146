import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AgentKey, createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { Delegated, DelegationRedeemed, HandshakeDone } from '../../src/shared/admin.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import { startControlPlane } from '../support/control-plane.ts'
import {
  eventsOf,
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

const aitp = createAitp(nodeEngine)
const unixNow = () => Math.floor(Date.now() / 1000)

interface Trio {
  readonly sink: TelemetrySink
  /** The original issuer. */
  readonly writer: LoneWorker
  /** Its delegator, who holds its token. */
  readonly researcher: LoneWorker
  /** Whom the delegator passes it on to. */
  readonly sub: LoneWorker
}

async function trio(
  writersChanges: Partial<BootstrapFile['aitp']> = {},
  cp?: BootstrapFile['cp'],
): Promise<Trio> {
  const sink = await startTelemetrySink()
  const [writer, researcher, sub] = await Promise.all([
    startLoneWorker('writer', sink, {}, { aitp: writersChanges, ...(cp ? { cp } : {}) }),
    startLoneWorker('researcher', sink),
    startLoneWorker('researcher', sink, {}, { agent_id: 'sub-researcher' }),
  ])
  await introduce([writer, researcher, sub])
  return { sink, writer, researcher, sub }
}

async function shake(caller: LoneWorker, peer: LoneWorker) {
  return HandshakeDone.parse(
    await caller.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: peer.manifestUrl }),
  )
}

async function delegate(from: LoneWorker, to: LoneWorker, via: LoneWorker, more: object = {}) {
  return Delegated.parse(
    await from.admin('POST', '/admin/delegate', {
      peer_aid: via.worker.aid,
      delegatee_manifest_url: to.manifestUrl,
      scope: ['write.content'],
      ttl_secs: 600,
      ...more,
    }),
  )
}

const redeem = (by: LoneWorker, at: LoneWorker, delegation_token: string, more: object = {}) =>
  by.admin('POST', '/admin/redeem-delegation', {
    peer_manifest_url: at.manifestUrl,
    delegation_token,
    ...more,
  })

const write = (by: LoneWorker, at: LoneWorker) =>
  by.admin('POST', '/admin/invoke', {
    peer_aid: at.worker.aid,
    capability: 'write.content',
    payload: '- a finding',
  })

const keyOf = ({ bootstrap }: LoneWorker): AgentKey =>
  aitp.agentKey(Buffer.from(bootstrap.aitp.seed_hex, 'hex'))

function voucherBy(issuer: AgentKey, subject: AgentKey, grants = ['write.content'], now = unixNow()): string {
  const { voucher } = aitp.issueTct(issuer, {
    subject: subject.aid,
    grants,
    now,
    ttlSecs: 600,
    notAfter: now + 600,
    jti: randomUUID(),
    issueVoucher: true,
  })
  return voucher ?? ''
}

/** A delegation as no worker would sign it: with the key of one, and terms of one's own. */
function forge(
  delegator: AgentKey,
  writer: LoneWorker,
  {
    to,
    voucherOf = keyOf(writer),
    life = 600,
    grants = ['write.content'],
    now = unixNow(),
  }: {
    to: LoneWorker
    voucherOf?: AgentKey
    life?: number
    grants?: string[]
    now?: number
  },
): string {
  const voucher = voucherBy(voucherOf, delegator, grants, now)
  return aitp.buildDelegation(delegator, {
    voucher: aitp.verifyVoucher(voucher, { now }),
    delegatee: aitp.parseAid(to.worker.aid),
    scope: grants,
    now,
    ttlSecs: life,
  }).token
}

/** The same token with other claims, signed anew by its delegator: what the library would never sign. */
function altered(delegator: AgentKey, token: string, changes: object): string {
  const [header, payload = ''] = token.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...changes }
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${signed}.${Buffer.from(delegator.sign(Buffer.from(signed))).toString('base64url')}`
}

describe('a delegation', () => {
  it('is redeemed at the original issuer by its delegatee, which proves possession, and lets it call', async () => {
    const { sink, writer, researcher, sub } = await trio()
    const { jti: source } = await shake(researcher, writer)
    const delegated = await delegate(researcher, sub, writer)
    const redeemed = DelegationRedeemed.parse(await redeem(sub, writer, delegated.delegation_token))
    expect(delegated).toMatchObject({ delegatee_aid: sub.worker.aid, parent_jti: source })
    expect(redeemed).toMatchObject({ peer_aid: writer.worker.aid, grants: ['write.content'] })
    expect(redeemed.expires_at).toBe(delegated.expires_at)
    expect(await write(sub, writer)).toMatchObject({ article: expect.stringContaining('a finding') })

    expect(eventsOf(sink, 'delegation.issued')).toMatchObject([
      { jti: delegated.jti, parent_jti: source, delegatee_aid: sub.worker.aid, scope: ['write.content'] },
    ])
    expect(eventsOf(sink, 'delegation.redeemed')).toMatchObject([
      {
        role: 'issuer',
        jti: redeemed.jti,
        parent_jti: delegated.jti,
        delegatee_aid: sub.worker.aid,
        delegator_aid: researcher.worker.aid,
      },
      { role: 'delegatee', jti: redeemed.jti, parent_jti: delegated.jti, peer_aid: writer.worker.aid },
    ])
    const seen = exchangesOf(sink, 'redeem').map(({ side, response, report }) => [
      side,
      response?.status,
      report?.subject,
      report?.checks.find(({ id }) => id === 'delegation.possession')?.status,
    ])
    expect(seen).toEqual([
      ['server', 401, 'delegation', 'skipped'],
      ['client', 401, 'pop_challenge', undefined],
      ['server', 200, 'delegation', 'passed'],
      ['client', 200, 'tct', undefined],
    ])
  })

  it('leaves no token in any event, not even inside its claims', async () => {
    const { sink, writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await redeem(sub, writer, delegation_token)
    const events = JSON.stringify(sink.items.filter(({ item }) => item === 'event'))
    expect(events).toContain('delegation.redeemed')
    expect(events).not.toMatch(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/)
  })

  it('gives no voucher, so it goes no further, unless the issuer lets it', async () => {
    const { writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    await redeem(sub, writer, (await delegate(researcher, sub, writer)).delegation_token)
    await expect(delegate(sub, researcher, writer)).rejects.toMatchObject({ status: 412, code: 'no_voucher' })
  })

  it('goes on from a redeemed token where the issuer lets it, and ends with the source of it all (B-15)', async () => {
    const { writer, researcher, sub } = await trio({ onward_delegation: true })
    const { jti: source } = await shake(researcher, writer)
    await redeem(sub, writer, (await delegate(researcher, sub, writer)).delegation_token)
    const onward = await delegate(sub, researcher, writer)
    await redeem(researcher, writer, onward.delegation_token)
    expect(await write(researcher, writer)).toHaveProperty('article')
    await writer.admin('POST', '/admin/revoke-tct', { jti: source })
    for (const holder of [sub, researcher])
      expect(await write(holder, writer)).toMatchObject({
        status_code: 403,
        body: { error: { code: 'TCT_REVOKED' } },
      })
  })

  it('ends with itself when its own id is revoked, and leaves the token it came of alone (B-15)', async () => {
    const { writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token, jti } = await delegate(researcher, sub, writer)
    await redeem(sub, writer, delegation_token)
    await writer.admin('POST', '/admin/revoke-tct', { jti })
    expect(await write(sub, writer)).toMatchObject({
      status_code: 403,
      body: { error: { code: 'TCT_REVOKED' } },
    })
    expect(await write(researcher, writer)).toHaveProperty('article')
  })

  it('needs a token with a voucher, a delegatee that shows its pinned key, and grants that were given', async () => {
    const { sink, writer, researcher, sub } = await trio()
    await expect(delegate(researcher, sub, writer)).rejects.toMatchObject({
      status: 412,
      code: 'no_held_tct',
    })
    await shake(researcher, writer)
    await expect(delegate(researcher, sub, writer, { scope: ['write.other'] })).rejects.toMatchObject({
      code: 'DELEGATION_SCOPE_EXCEEDED',
    })
    await expect(delegate(researcher, researcher, writer)).rejects.toMatchObject({
      code: 'DELEGATION_INVALID_SIGNATURE',
    })
    await introduce([writer, researcher, sub], new Map([[sub, keyOf(writer).aid]]))
    await expect(delegate(researcher, sub, writer)).rejects.toMatchObject({
      code: 'IDENTITY_FAILED',
      check: 'manifest.expected_aid',
    })
    expect(eventsOf(sink, 'delegation.issued')).toEqual([])
  })
})

describe('a redemption is refused', () => {
  const refusal = async (
    sink: TelemetrySink,
    attempt: Promise<unknown>,
    code: string,
    check: unknown,
  ): Promise<void> => {
    await expect(attempt).rejects.toMatchObject({ status: 502, code })
    expect(eventsOf(sink, 'delegation.rejected').at(-1)).toMatchObject({ code, check })
    expect(exchangesOf(sink, 'redeem').findLast(({ side }) => side === 'server')).toMatchObject({
      response: { status: 403 },
    })
  }

  it('when the delegation names another issuer: only the original grantor can redeem it', async () => {
    const { sink, writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await refusal(
      sink,
      redeem(sub, researcher, delegation_token),
      'DELEGATION_AUDIENCE_MISMATCH',
      'delegation.aud',
    )
  })

  it('when the source is revoked', async () => {
    const { sink, writer, researcher, sub } = await trio()
    const { jti } = await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await writer.admin('POST', '/admin/revoke-tct', { jti })
    await refusal(
      sink,
      redeem(sub, writer, delegation_token),
      'DELEGATION_SOURCE_TCT_REVOKED',
      'delegation.revocation',
    )
  })

  it('when the Control Plane lists the source, which the issuer’s own calls do not ask about', async () => {
    const controlPlane = await startControlPlane()
    const { sink, writer, researcher, sub } = await trio(
      {},
      { base_url: controlPlane.baseUrl, aid: controlPlane.aid },
    )
    const { jti } = await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    controlPlane.revoke(jti)
    await writer.admin('POST', '/admin/refresh-revocations', {})
    expect(await write(researcher, writer)).toHaveProperty('article')
    await refusal(
      sink,
      redeem(sub, writer, delegation_token),
      'DELEGATION_SOURCE_TCT_REVOKED',
      'delegation.revocation',
    )
  })

  it('when nobody knows what is revoked and that was chosen, before the token is looked at; else it is served', async () => {
    const controlPlane = await startControlPlane()
    await controlPlane.stop()
    const cp = { base_url: controlPlane.baseUrl, aid: controlPlane.aid }
    const strict = await trio({}, { ...cp, refuse_stale: true })
    await shake(strict.researcher, strict.writer)
    const refused = (await delegate(strict.researcher, strict.sub, strict.writer)).delegation_token
    await refusal(
      strict.sink,
      redeem(strict.sub, strict.writer, refused),
      'DELEGATION_SOURCE_TCT_REVOKED',
      'delegation.revocation',
    )
    for (const chosen of [{}, { fail_mode: 'soft_fail' as const }]) {
      const lax = await trio({}, { ...cp, ...chosen })
      await shake(lax.researcher, lax.writer)
      const served = (await delegate(lax.researcher, lax.sub, lax.writer)).delegation_token
      expect(await redeem(lax.sub, lax.writer, served)).toHaveProperty('ok', true)
      expect(eventsOf(lax.sink, 'revocation.degraded_serve')).not.toEqual([])
    }
  })

  it('when somebody else presents it, with a key of his own', async () => {
    const { sink, writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await refusal(
      sink,
      redeem(researcher, writer, delegation_token),
      'DELEGATION_POP_FAILED',
      'delegation.possession',
    )
  })

  it('when its delegator was given none of it, or by somebody else', async () => {
    const { sink, writer, sub } = await trio()
    const mallory = aitp.agentKey(randomBytes(32))
    const selfMade = forge(mallory, writer, { to: sub, voucherOf: mallory })
    await refusal(sink, redeem(sub, writer, selfMade), 'DELEGATION_AUDIENCE_MISMATCH', 'delegation.aud')
  })

  it('when it has expired', async () => {
    const { sink, writer, researcher, sub } = await trio()
    const expired = forge(keyOf(researcher), writer, { to: sub, life: 1, now: unixNow() - 60 })
    await refusal(sink, redeem(sub, writer, expired), 'DELEGATION_EXPIRED', 'delegation.exp')
  })

  it.each([
    [
      'asks for more than was given',
      () => ({ scope: ['write.content', 'write.all'] }),
      'DELEGATION_SCOPE_EXCEEDED',
      'delegation.scope',
    ],
    [
      'outlives what it rests on',
      () => ({ exp: unixNow() + 86_400 }),
      'DELEGATION_EXPIRED',
      'delegation.voucher_expiry',
    ],
    [
      'rests on what somebody else gave',
      (subject: AgentKey) => ({ voucher: voucherBy(aitp.agentKey(randomBytes(32)), subject) }),
      'DELEGATION_INVALID_VOUCHER',
      'voucher.iss',
    ],
    [
      'is bound to another key than its delegatee’s',
      () => ({ cnf: { jkt: 'A'.repeat(43) } }),
      'DELEGATION_INVALID_SIGNATURE',
      'delegation.cnf',
    ],
  ] as const)('when it %s', async (_, changes, code, check) => {
    const { sink, writer, researcher, sub } = await trio()
    const delegator = keyOf(researcher)
    const token = altered(delegator, forge(delegator, writer, { to: sub }), changes(delegator))
    await refusal(sink, redeem(sub, writer, token), code, check)
  })

  it('when nothing of it is offered any more', async () => {
    const { writer, researcher, sub } = await trio()
    const odd = forge(keyOf(researcher), writer, { to: sub, grants: ['write.other'] })
    await expect(redeem(sub, writer, odd)).rejects.toMatchObject({ code: 'POLICY_VIOLATION' })
  })

  it('when one character of it is changed', async () => {
    const { sink, writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await refusal(
      sink,
      redeem(sub, writer, delegation_token, { fault: { kind: 'tamper' } }),
      'DELEGATION_INVALID_SIGNATURE',
      // The character may also have been one that made the claims readable.
      expect.stringMatching(/^delegation\.(multihop|signature)$/),
    )
  })

  it('when it rests on nothing, and when the request is none', async () => {
    const { sink, writer, researcher, sub } = await trio()
    const delegator = keyOf(researcher)
    const rootless = altered(delegator, forge(delegator, writer, { to: sub }), { voucher: undefined })
    const url = `http://127.0.0.1:${writer.worker.port}/aitp/delegation/redeem`
    for (const [code, body] of [
      ['DELEGATION_INVALID_VOUCHER', JSON.stringify({ delegation_token: rootless })],
      ['INVALID_ENVELOPE', '{}'],
      ['INVALID_ENVELOPE', 'null'],
      ['INVALID_ENVELOPE', '{"delegation_token":1}'],
      ['INVALID_ENVELOPE', '{"delegation_token":"a","delegation_token":"b"}'],
    ] as const) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ error: { code } })
    }
    expect(eventsOf(sink, 'delegation.rejected')).toHaveLength(5)
  })
})

describe('a chain of delegations', () => {
  async function chain(hops: number) {
    const { sink, writer, researcher, sub } = await trio({ max_delegation_hops: hops })
    const analyst = await startLoneWorker('researcher', sink, {}, { agent_id: 'analyst' })
    await introduce([writer, researcher, sub, analyst])
    await shake(researcher, writer)
    const first = await delegate(researcher, sub, writer, { chained: true })
    const second = await delegate(sub, analyst, writer, { parent_token: first.delegation_token })
    return { sink, writer, researcher, sub, analyst, first, second }
  }

  it('is refused before any cryptography where chains are off, and so is a hop that could be extended', async () => {
    const { writer, sub, analyst, first, second } = await chain(1)
    await expect(redeem(analyst, writer, second.delegation_token)).rejects.toMatchObject({
      code: 'DELEGATION_MULTIHOP_NOT_SUPPORTED',
    })
    await expect(redeem(sub, writer, first.delegation_token)).rejects.toMatchObject({
      code: 'DELEGATION_INVALID_SIGNATURE',
    })
  })

  it('is refused when its hash is that of another', async () => {
    const { writer, sub, analyst, second } = await chain(3)
    const token = altered(keyOf(sub), second.delegation_token, { chain_hash: 'A'.repeat(43) })
    await expect(redeem(analyst, writer, token)).rejects.toMatchObject({
      code: 'DELEGATION_CHAIN_HASH_MISMATCH',
    })
  })

  it('is refused when it is longer than is accepted', async () => {
    const { writer, analyst, second } = await chain(2)
    await expect(redeem(analyst, writer, second.delegation_token)).rejects.toMatchObject({
      code: 'DELEGATION_HOP_LIMIT_EXCEEDED',
    })
  })

  it('is redeemed where it is accepted; revoking a hop ends what came of it (B-14)', async () => {
    const { writer, analyst, first, second } = await chain(3)
    expect(second.parent_jti).toBe(first.jti)
    await redeem(analyst, writer, second.delegation_token)
    expect(await write(analyst, writer)).toHaveProperty('article')
    await writer.admin('POST', '/admin/revoke-tct', { jti: first.jti })
    expect(await write(analyst, writer)).toMatchObject({ status_code: 403 })
    await expect(redeem(analyst, writer, second.delegation_token)).rejects.toMatchObject({
      code: 'DELEGATION_SOURCE_TCT_REVOKED',
    })
  })

  it('grows only from a delegation that is one’s own and has an id', async () => {
    const { writer, researcher, sub } = await trio()
    await shake(researcher, writer)
    const { delegation_token } = await delegate(researcher, sub, writer)
    await expect(delegate(sub, researcher, writer, { parent_token: delegation_token })).rejects.toMatchObject(
      { status: 412, code: 'not_chained' },
    )
    await expect(delegate(researcher, sub, writer, { parent_token: delegation_token })).rejects.toMatchObject(
      { status: 412, code: 'no_delegation' },
    )
  })
})
