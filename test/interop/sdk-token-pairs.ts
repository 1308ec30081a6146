import type { VerifiedManifest } from '../../src/aitp/index.ts'
import { clock } from './clock.ts'
import { aitp, capability, claimsOf, reproducible } from './craft.ts'
import { sdkCapability } from './form-scene.ts'
import { text } from './judge.ts'
import { type Evidence, expectSame, NotExercised, type Pair } from './pair.ts'
import { offered, ourKey, ourManifest, oursInitiates, type SdkScene, thirdKey } from './side.ts'

export const sdkTokenPairs: readonly Pair<SdkScene>[] = [
  {
    artefact: 'delegation, single hop',
    direction: 'ours to peer',
    async run(scene, evidence) {
      const { token } = await delegatedByUs(scene, evidence)
      const verified = await scene.judge.get('sdk.verify_delegation', {
        token,
        verifier: scene.sdkAid,
        issuer_manifests: [ourManifest(clock()).text],
      })
      expectSame('the delegatee it names', text(verified, 'delegatee'), thirdKey.aid)
      return 'verify_delegation accepts it'
    },
  },
  {
    artefact: 'delegation, single hop',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { token } = await delegatedBySdk(scene, evidence, thirdKey.aid)
      const verified = aitp.verifyDelegation(token, {
        now: clock(),
        selfAid: ourKey.aid,
        isRevoked: () => false,
      })
      expectSame('the delegatee', verified.delegatee, thirdKey.aid)
      return 'verifyDelegation accepts it'
    },
  },
  {
    artefact: 'delegation, chain of two',
    direction: 'ours to peer',
    async run(scene, evidence) {
      offered('extendDelegation')
      const { token: parent } = await delegatedByUs(scene, evidence, aitp.newUuid(reproducible('first hop')))
      const fourth = aitp.agentKey(reproducible('fourth')(32))
      const { token } = aitp.extendDelegation(thirdKey, {
        parent,
        delegatee: fourth.aid,
        scope: [sdkCapability],
        now: clock(),
        jti: aitp.newUuid(reproducible('second hop')),
      })
      evidence.keep('chain_token', token)
      const manifests = [ourManifest(clock()).text, manifestOfThird(clock())]
      const ask = (max_hops: number) =>
        scene.judge.ask('sdk.verify_delegation', {
          token,
          verifier: scene.sdkAid,
          issuer_manifests: manifests,
          max_hops,
        })
      const three = await ask(3)
      if (!three.ok) throw new Error(`with three hops: ${three.message}`)
      const two = await ask(2)
      if (two.ok) throw new Error('it was accepted with two hops as well')
      return 'verify_delegation_multihop accepts it with three hops and refuses it with two'
    },
  },
  {
    artefact: 'delegation, chain of two',
    direction: 'peer to ours',
    run() {
      throw new NotExercised('the SDK builds no chain: build_delegation sets no jti and takes no parent')
    },
  },
  {
    artefact: 'redeemed TCT',
    direction: 'ours to peer',
    async run(scene, evidence) {
      offered('redeemDelegation')
      const now = clock()
      const manifest = ourManifest(now).verified
      const voucher = voucherFor(thirdKey.aid, now)
      const { token } = aitp.buildDelegation(thirdKey, {
        voucher: aitp.verifyVoucher(voucher, { now, expectedIssuer: ourKey.aid }),
        delegatee: scene.sdkAid,
        scope: [capability],
        now,
        ttlSecs: 600,
      })
      evidence.keep('delegation', token)
      const verified = aitp.verifyDelegation(token, { now, selfAid: ourKey.aid, isRevoked: () => false })
      const redeemed = aitp.redeemDelegation(ourKey, verified, {
        manifest,
        now,
        jti: aitp.newUuid(reproducible('redeemed')),
      })
      const tct = evidence.keep('tct', redeemed.token)
      await scene.judge.get('sdk.verify_tct', { agent: 'sdk', tct, grant: capability })
      expectSame('exp beyond the delegation', Number(claimsOf(tct)['exp']) > now + 600, false)
      return 'verify_tct accepts it; it ends with the delegation'
    },
  },
  {
    artefact: 'redeemed TCT',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { token, exp } = await delegatedByUs(scene, evidence, undefined, 600)
      const redeemed = (await scene.judge.get('sdk.redeem', {
        agent: 'sdk',
        token,
        verifier: scene.sdkAid,
        issuer_manifests: [ourManifest(clock()).text],
        ttl_secs: 3600,
      })) as { issued: { tct: string } }
      const tct = evidence.keep('tct', redeemed.issued.tct)
      const { claims } = aitp.verifyTct(tct, {
        now: clock(),
        expectedIssuer: scene.sdkAid,
        expectedAudience: thirdKey.aid,
      })
      const beyond = claims.exp - exp
      return `verifyTct accepts it${beyond > 0 ? `, though it outlives the delegation by ${beyond} s` : ''}`
    },
  },
  ...(['with one entry', 'empty'] as const).flatMap((kind): readonly Pair<SdkScene>[] => [
    {
      artefact: `revocation snapshot, ${kind}`,
      direction: 'ours to peer',
      async run({ judge, compat }, evidence) {
        offered('buildRevocationList')
        const now = clock()
        const entries = kind === 'empty' ? [] : [{ jti: revokedJti, revoked_at: now, reason: 'interop' }]
        const { text: list } = aitp.buildRevocationList(ourKey, { entries, publishedAt: now, compat })
        evidence.keep('snapshot', JSON.parse(list))
        const answer = await judge.ask('sdk.verify_revocation_list', { list, issuer: ourKey.aid })
        if (!answer.ok && answer.code === 'ABSENT')
          throw new NotExercised('this release verifies no snapshot')
        if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`)
        return 'verify_revocation_list accepts it'
      },
    },
    {
      artefact: `revocation snapshot, ${kind}`,
      direction: 'peer to ours',
      async run({ judge, sdkAid, compat }, evidence) {
        offered('verifyRevocationList')
        const now = clock()
        const entries = kind === 'empty' ? [] : [{ jti: revokedJti, revoked_at: now }]
        const list = text(await judge.get('sdk.sign_revocation_list', { agent: 'sdk', entries }))
        evidence.keep('snapshot', JSON.parse(list))
        const { revoked } = aitp.verifyRevocationList(list, { now: clock(), expectedIssuer: sdkAid, compat })
        expectSame('the entries', [...revoked.keys()], kind === 'empty' ? [] : [revokedJti])
        return 'verifyRevocationList accepts it'
      },
    },
  ]),
]

const revokedJti = '33333333-3333-4333-8333-333333333333'

/** A voucher of the SDK's agent for us, and what we delegate with it. */
async function delegatedByUs(scene: SdkScene, evidence: Evidence, jti?: string, ttlSecs = 1800) {
  offered('buildDelegation')
  const { established } = await oursInitiates(scene, evidence, clock())
  const { voucher, claims } = established.held
  if (voucher === null) throw new Error('the SDK issued no voucher')
  const now = clock()
  const verified = aitp.verifyVoucher(voucher, { now, expectedIssuer: scene.sdkAid, tct: claims })
  const built = aitp.buildDelegation(ourKey, {
    voucher: verified,
    delegatee: thirdKey.aid,
    scope: [sdkCapability],
    now,
    ttlSecs,
    ...(jti === undefined ? {} : { jti }),
  })
  return { token: evidence.keep('delegation', built.token), exp: built.claims.exp }
}

/** A voucher of ours for the SDK's agent, and what it delegates with it. */
async function delegatedBySdk({ judge, sdkAid }: SdkScene, evidence: Evidence, delegatee: string) {
  offered('verifyDelegation')
  const voucher = evidence.keep('voucher', voucherFor(sdkAid, clock()))
  const built = await judge.get('sdk.build_delegation', {
    agent: 'sdk',
    voucher,
    delegatee,
    scope: [capability],
  })
  return { token: evidence.keep('delegation', text(built)), voucher }
}

function voucherFor(holder: SdkScene['sdkAid'], now: number): string {
  const { voucher } = aitp.issueTct(ourKey, {
    subject: holder,
    grants: [capability],
    now,
    ttlSecs: 3600,
    notAfter: now + 7200,
    jti: aitp.newUuid(reproducible(`voucher for ${holder}`)),
    issueVoucher: true,
  })
  if (voucher === null) throw new TypeError('no voucher was asked for')
  return voucher
}

export function manifestOfThird(now: number): string {
  return builtForThird(now).text
}

function builtForThird(now: number): { readonly text: string; readonly verified: VerifiedManifest } {
  return aitp.buildManifest(
    thirdKey,
    {
      subject: 'interop-third',
      handshakeEndpoint: 'https://third.example/aitp/handshake/',
      offeredCapabilities: [],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 7200,
    },
    { randomBytes: reproducible('third') },
  )
}
