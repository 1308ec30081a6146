import type { AgentKey, CompactJws } from '../../src/aitp/index.ts'
import { clock } from './clock.ts'
import { aitp, capability, claimsOf, reproducible } from './craft.ts'
import { issuer } from './form-scene.ts'
import { createIssuer } from './issuer.ts'
import type { Judge } from './judge.ts'
import { type Evidence, expectSame, NotExercised, type Pair } from './pair.ts'
import { keyOf, oidcParty } from './sdk-identity-pairs.ts'
import { offered, ourKey, ourManifest, ourParty, thirdKey } from './side.ts'

/** The verifier as published, or one that has been told to take another version value. */
export interface VerifierScene {
  readonly judge: Judge
  readonly wire: string
  /** Whether its version value was set; then its reading of envelopes is still that of its own wire. */
  readonly told: boolean
}

/** Two agents of ours who have shaken hands. */
interface Met {
  readonly now: number
  readonly hello: string
  readonly helloAck: string
  readonly commit: string
  readonly commitAck: string
  readonly tct: CompactJws
  readonly voucher: CompactJws
  readonly manifest: { readonly manifest: unknown }
  readonly peerManifest: { readonly manifest: unknown }
}

const peerKey = aitp.agentKey(reproducible('peer of ours')(32))
const failOpen = { policy: { fail_mode: 'fail_open' } }

function meet(evidence: Evidence): Met {
  const now = clock()
  const ours = ourManifest(now)
  const peer = aitp.buildManifest(
    peerKey,
    {
      subject: 'interop-peer',
      handshakeEndpoint: 'https://peer.example/aitp/handshake/',
      offeredCapabilities: ['peer.demo.v1'],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 7200,
    },
    { randomBytes: reproducible('peer manifest') },
  )
  const party = ourParty({ sdkAid: peerKey.aid, compat: {} }, ours.verified)
  const other = { ...ourParty({ sdkAid: ourKey.aid, compat: {} }, peer.verified), key: peerKey }
  const step = { now, randomBytes: reproducible('two of ours') }
  const start = aitp.startHandshake(party, peer.verified, ['peer.demo.v1'], step)
  const received = aitp.receiveHello(other, start.message, { ...step, requestedGrants: [capability] })
  const commit = start.state.onHelloAck(received.message, step)
  const answered = received.state.onCommit(commit.message, step)
  const { held } = commit.state.onCommitAck(answered.message, step)
  if (held.voucher === null) throw new TypeError('no voucher came')
  evidence.keep('tct', held.token)
  return {
    now,
    hello: start.message,
    helloAck: received.message,
    commit: commit.message,
    commitAck: answered.message,
    tct: held.token,
    voucher: held.voucher,
    manifest: JSON.parse(ours.text) as { manifest: unknown },
    peerManifest: JSON.parse(peer.text) as { manifest: unknown },
  }
}

function judged(
  artefact: string,
  operation: string,
  inputOf: (met: Met, evidence: Evidence) => Record<string, unknown>,
): Pair<VerifierScene> {
  return {
    artefact,
    direction: 'ours to peer',
    async run({ judge }, evidence) {
      const met = meet(evidence)
      const input = evidence.keep('input', inputOf(met, evidence))
      await judge.get('verifier.run', { operation, input, now: met.now })
      return `${operation} accepts it`
    },
  }
}

/** An envelope signature has another input in aitp/0.3, so only a verifier of our own wire can judge one. */
function judgedEnvelope(
  artefact: string,
  operation: string,
  inputOf: (met: Met) => Record<string, unknown>,
): Pair<VerifierScene> {
  const pair = judged(artefact, operation, inputOf)
  return {
    ...pair,
    run(scene, evidence) {
      if (scene.told) throw new NotExercised('this verifier signs envelopes over the input of aitp/0.3 only')
      return pair.run(scene, evidence)
    },
  }
}

export const verifierPairs: readonly Pair<VerifierScene>[] = [
  judged('manifest', 'verify_manifest', ({ manifest }) => ({ ...manifest })),
  judgedEnvelope('envelope', 'verify_envelope', ({ hello }) => ({ envelope: JSON.parse(hello) })),
  judgedEnvelope('pinned-key hello', 'verify_handshake_payload', ({ hello }) => ({
    envelope: JSON.parse(hello),
    self_aid: peerKey.aid,
    trust_store: [ourKey.aid],
    self_accepted_identity_types: ['pinned_key'],
  })),
  judgedEnvelope('pinned-key hello_ack', 'verify_handshake_payload', ({ helloAck }) => ({
    envelope: JSON.parse(helloAck),
    self_aid: ourKey.aid,
    trust_store: [peerKey.aid],
    self_accepted_identity_types: ['pinned_key'],
  })),
  {
    artefact: 'pinned-key proof',
    direction: 'ours to peer',
    async run({ judge }, evidence) {
      const { hello, now } = meet(evidence)
      const envelope = evidence.keep('envelope', JSON.parse(hello))
      await judge.get('verifier.identity', {
        identity: envelope.payload.identity,
        envelope,
        self_aid: peerKey.aid,
        trust_store: [ourKey.aid],
        now,
      })
      return 'verify_identity accepts it'
    },
  },
  judged(
    'both commits, without envelope',
    'verify_handshake_payload',
    ({ commit, commitAck, helloAck, hello }) => ({
      peer_a: {
        self_aid: ourKey.aid,
        self_pop_nonce: JSON.parse(hello).payload.pop_nonce,
        received_payload: JSON.parse(commitAck).payload,
        issuer_offered_capabilities: ['peer.demo.v1'],
      },
      peer_b: {
        self_aid: peerKey.aid,
        self_pop_nonce: JSON.parse(helloAck).payload.pop_nonce,
        received_payload: JSON.parse(commit).payload,
        issuer_offered_capabilities: [capability],
      },
    }),
  ),
  judged('TCT', 'verify_tct', ({ tct, peerManifest }) => ({
    tct_token: tct,
    expected_audience: ourKey.aid,
    issuer_manifest: peerManifest.manifest,
    ...failOpen,
  })),
  judged('grant voucher', 'verify_grant_voucher', ({ voucher }) => ({ voucher_token: voucher })),
  judged('delegation, single hop', 'verify_delegation_token', (met, evidence) => ({
    delegation_token: delegationOf(met, evidence),
    self_aid: peerKey.aid,
    issuer_manifests: [met.manifest.manifest],
    ...failOpen,
  })),
  judged('delegation, chain of two', 'verify_delegation_token', (met, evidence) => {
    offered('extendDelegation')
    const { token } = aitp.extendDelegation(thirdKey, {
      parent: delegationOf(met, evidence, aitp.newUuid(reproducible('first hop'))),
      delegatee: aitp.agentKey(reproducible('fourth')(32)).aid,
      scope: ['peer.demo.v1'],
      now: met.now,
      jti: aitp.newUuid(reproducible('second hop')),
    })
    return {
      delegation_token: evidence.keep('chain_token', token),
      self_aid: peerKey.aid,
      _feature: 'experimental-multihop-delegation',
      ...failOpen,
    }
  }),
  judged('redeemed TCT', 'verify_tct', (met, evidence) => {
    offered('redeemDelegation')
    const { now } = met
    const delegation = aitp.verifyDelegation(delegationOf(met, evidence), { now, selfAid: peerKey.aid })
    const manifest = aitp.verifyManifest(JSON.stringify(met.peerManifest), { now })
    const jti = aitp.newUuid(reproducible('redeemed'))
    const { token } = aitp.redeemDelegation(peerKey, delegation, { manifest, now, jti })
    return { tct_token: token, expected_audience: thirdKey.aid, ...failOpen }
  }),
  ...(['with one entry', 'empty'] as const).map((kind) =>
    judged(`revocation snapshot, ${kind}`, 'verify_revocation_snapshot', ({ now }) => {
      offered('buildRevocationList')
      const entries =
        kind === 'empty' ? [] : [{ jti: '33333333-3333-4333-8333-333333333333', revoked_at: now }]
      const { document } = aitp.buildRevocationList(ourKey, { entries, publishedAt: now })
      return {
        snapshot: document,
        expected_issuer: ourKey.aid,
        queried_jti: '22222222-2222-4222-8222-222222222222',
        policy: { fail_mode: 'fail_closed', max_staleness_secs: 300 },
      }
    }),
  ),
  judged('TCT presented to its issuer', 'verify_tct_as_issuer', ({ tct, now }) => ({
    tct_token: tct,
    self_aid: peerKey.aid,
    channel_bound_aid: ourKey.aid,
    issuer_revocation_list: {
      snapshot: aitp.buildRevocationList(peerKey, { entries: [], publishedAt: now }).document,
    },
  })),
  judged('session bundle', 'verify_session_bundle', ({ tct, now, peerManifest }) => {
    offered('buildSessionBundle')
    const { document } = aitp.buildSessionBundle(peerKey, {
      sessionId: '44444444-4444-4444-8444-444444444444',
      issuedAt: now,
      participants: [{ aid: ourKey.aid, tct }],
    })
    return { session_bundle: document, self_aid: ourKey.aid, coordinator_manifest: peerManifest.manifest }
  }),
  ...(['ed25519', 'p256'] as const).map(
    (suite): Pair<VerifierScene> => ({
      artefact: `OIDC identity, ${suite}`,
      direction: 'ours to peer',
      async run({ judge }, evidence) {
        offered('verifyIdentityToken')
        const now = clock()
        const { envelope, authority } = oidcHello(suite, now)
        await judge.get('verifier.identity', {
          identity: evidence.keep('envelope', envelope).payload.identity,
          envelope,
          self_aid: peerKey.aid,
          trust_anchors: [authority.url],
          issuer_keys: { [authority.url]: authority.jwks },
          now,
        })
        return 'verify_identity accepts it'
      },
    }),
  ),
  judged('manifest, P-256', 'verify_manifest', ({ now }) => ({
    ...oidcHello('p256', now).manifest,
  })),
  judged('TCT, P-256', 'verify_tct', ({ now }) => {
    const { token } = aitp.issueTct(keyOf('p256'), {
      subject: ourKey.aid,
      grants: [capability],
      now,
      ttlSecs: 3600,
      notAfter: now + 7200,
      jti: aitp.newUuid(reproducible('p256 tct')),
    })
    return { tct_token: token, expected_audience: ourKey.aid, ...failOpen }
  }),
  {
    artefact: 'TCT listed in a snapshot',
    direction: 'ours to peer',
    async run({ judge }, evidence) {
      offered('buildRevocationList')
      const { tct, now } = meet(evidence)
      const entries = [{ jti: String(claimsOf(tct)['jti']), revoked_at: now }]
      const { document } = aitp.buildRevocationList(peerKey, { entries, publishedAt: now })
      const input = {
        tct_token: tct,
        expected_audience: ourKey.aid,
        issuer_revocation_list: { snapshot: document },
      }
      const answer = await judge.ask('verifier.run', { operation: 'verify_tct', input, now })
      expectSame('its code', answer.ok ? 'accepted' : answer.code, 'TCT_REVOKED')
      return 'verify_tct refuses the token with TCT_REVOKED'
    },
  },
]

function delegationOf({ voucher, now }: Met, evidence: Evidence, jti?: string): CompactJws {
  offered('buildDelegation')
  const { token } = aitp.buildDelegation(ourKey, {
    voucher: aitp.verifyVoucher(voucher, { now, expectedIssuer: peerKey.aid }),
    delegatee: thirdKey.aid,
    scope: ['peer.demo.v1'],
    now,
    ttlSecs: 1800,
    ...(jti === undefined ? {} : { jti }),
  })
  return evidence.keep('delegation', token)
}

/** A hello of ours with an OIDC identity, for the agent that stands for the verifier. */
function oidcHello(suite: 'ed25519' | 'p256', now: number) {
  const authority = createIssuer(issuer, 'ES256')
  const terms = (subject: string, label: string) => ({
    subject,
    issuer: authority.url,
    handshakeEndpoint: `https://${subject}.example/aitp/handshake/`,
    offeredCapabilities: [capability],
    acceptedIdentityTypes: ['oidc' as const],
    acceptedTrustAnchors: [authority.url],
    publishedAt: now,
    expiresAt: now + 7200,
    label,
  })
  const build = (key: AgentKey, { label, ...options }: ReturnType<typeof terms>) =>
    aitp.buildManifest(key, options, { randomBytes: reproducible(label) })
  const ours = build(keyOf(suite, { emitPrehashedP256: true }), terms('interop-ours', `oidc ${suite}`))
  const peer = build(peerKey, terms('interop-peer', 'oidc peer'))
  const party = oidcParty(keyOf(suite), ours.verified, authority, { compat: {} })
  const step = { now, randomBytes: reproducible(`oidc hello ${suite}`) }
  const { message } = aitp.startHandshake(party, peer.verified, [capability], step)
  const envelope = JSON.parse(message) as { payload: { identity: unknown } }
  return { envelope, authority, manifest: ours.document }
}
