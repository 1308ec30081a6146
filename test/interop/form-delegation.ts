import {
  aitp,
  capability,
  claimsOf,
  ed25519Key,
  jcs,
  type Members,
  manifestText,
  mintToken,
  type RawKey,
  seedOf,
  sha256,
} from './craft.ts'
import { type Scene, sdkCapability, verdict } from './form-scene.ts'
import { isRecord, text } from './judge.ts'

/** Issuer A is the release's agent, B is ours, C is a third key. */
const third = ed25519Key(seedOf('third'))

const fourth = ed25519Key(seedOf('fourth'))

function voucherBy(scene: Scene, change: Members = {}): string {
  const { sdk, ours, wire, now } = scene
  return mintToken(sdk, 'aitp-grant+jwt', {
    ver: wire,
    iss: sdk.aid,
    sub: ours.aid,
    grants: [sdkCapability],
    iat: now,
    exp: now + 3600,
    src_jti: '22222222-2222-4222-8222-222222222222',
    ...change,
  })
}

function delegationBy(key: RawKey, to: RawKey, scene: Scene, change: Members = {}): string {
  const { sdk, wire, now } = scene
  const all = {
    ver: wire,
    iss: key.aid,
    sub: to.aid,
    aud: sdk.aid,
    scope: [sdkCapability],
    exp: now + 1800,
    cnf: { jkt: aitp.thumbprint(to.aid) },
    voucher: voucherBy(scene),
    ...change,
  }
  return mintToken(
    key,
    'aitp-delegation+jwt',
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  )
}

function manifestsOf(scene: Scene, ...keys: readonly RawKey[]): string[] {
  return keys.map((key) => manifestText(key, { wire: scene.wire, now: scene.now }))
}

export async function delegationClaims(scene: Scene) {
  const { judge, ours, sdk, wire, now } = scene
  const voucher = mintToken(ours, 'aitp-grant+jwt', {
    ver: wire,
    iss: ours.aid,
    sub: sdk.aid,
    grants: [capability],
    iat: now,
    exp: now + 3600,
    src_jti: '22222222-2222-4222-8222-222222222222',
  })
  const made = text(
    await judge.get('sdk.build_delegation', {
      agent: 'sdk',
      voucher,
      delegatee: third.aid,
      scope: [capability],
    }),
  )
  const beyond = await judge.ask('sdk.build_delegation', {
    agent: 'sdk',
    voucher,
    delegatee: third.aid,
    scope: [capability, 'other.v1'],
  })
  const { exp } = claimsOf(made)
  return {
    emits: `claims ${Object.keys(claimsOf(made)).join(' ')}; exp ${Number(exp) <= now + 3600 ? 'capped at' : 'beyond'} the voucher's`,
    judged: { 'building beyond the voucher': verdict(beyond) },
    bytes: { token: made, voucher },
  }
}

export async function delegationFaults(scene: Scene) {
  const { judge, ours, sdk, now, wire } = scene
  const about = async (change: Members, more: Members = {}) =>
    verdict(
      await judge.ask('sdk.verify_delegation', {
        token: delegationBy(ours, third, scene, change),
        verifier: sdk.aid,
        issuer_manifests: manifestsOf(scene, ours),
        ...more,
      }),
    )
  const revoked_jtis = ['22222222-2222-4222-8222-222222222222']
  const wrongCnf = { cnf: { jkt: aitp.thumbprint(ours.aid) } }
  return {
    emits: null,
    judged: {
      'a good one': await about({}),
      'manifest of the delegator not at hand': await about({}, { issuer_manifests: [] }),
      'another audience': await about({ aud: ours.aid }),
      'with jti': await about({ jti: '55555555-5555-4555-8555-555555555555' }),
      'with an empty chain': await about({ chain: [] }),
      'with a chain': await about({ chain: ['a.b.c'] }),
      'scope beyond the voucher': await about({ scope: [sdkCapability, 'other.v1'] }),
      'outlives the voucher': await about({ exp: now + 3601 }),
      expired: await about({ exp: now - 1 }),
      'wrong cnf': await about(wrongCnf),
      'wrong cnf and source revoked': await about(wrongCnf, { revoked_jtis }),
      'source revoked': await about({}, { revoked_jtis }),
      'to itself': await about({ sub: ours.aid, cnf: { jkt: aitp.thumbprint(ours.aid) } }),
      'voucher of another issuer': await about({
        voucher: mintToken(third, 'aitp-grant+jwt', { ...claimsOf(voucherBy(scene)), iss: third.aid }),
      }),
      'voucher for another holder': await about({ voucher: voucherBy(scene, { sub: third.aid }) }),
      'voucher absent': await about({ voucher: undefined }),
      'voucher ver of the other wire': await about({
        voucher: voucherBy(scene, { ver: wire === 'aitp/0.2' ? 'aitp/0.3' : 'aitp/0.2' }),
      }),
      'unknown claim': await about({ iat: now }),
    },
    bytes: {
      'source revoked': delegationBy(ours, third, scene),
      'wrong cnf and source revoked': delegationBy(ours, third, scene, wrongCnf),
    },
  }
}

function chainHash(chain: readonly string[]): string {
  return sha256(jcs(chain.map((token) => sha256(token).toString('base64url')))).toString('base64url')
}

export async function multihop(scene: Scene) {
  const { judge, ours, sdk } = scene
  const first = delegationBy(ours, third, scene, { jti: '55555555-5555-4555-8555-555555555555' })
  const hop = (key: RawKey, to: RawKey, chain: readonly string[], change: Members = {}) =>
    delegationBy(key, to, scene, {
      voucher: undefined,
      jti: `66666666-6666-4666-8666-66666666666${chain.length}`,
      chain,
      chain_hash: chainHash(chain),
      ...change,
    })
  const second = hop(third, fourth, [first])
  const last = ed25519Key(seedOf('fifth'))
  const longer = hop(fourth, last, [first, second])
  const about = async (token: string, max_hops: number) =>
    verdict(
      await judge.ask('sdk.verify_delegation', {
        token,
        verifier: sdk.aid,
        max_hops,
        issuer_manifests: manifestsOf(scene, ours, third, fourth),
      }),
    )
  return {
    emits: null,
    judged: {
      'one chain entry, most hops 3': await about(second, 3),
      'one chain entry, most hops 2': await about(second, 2),
      'two chain entries, most hops 3': await about(longer, 3),
      'two chain entries, most hops 4': await about(longer, 4),
      'no chain, with jti, most hops 3': await about(first, 3),
      'empty chain': await about(hop(third, fourth, []), 3),
      'chain_hash of another chain': await about(
        hop(third, fourth, [first], { chain_hash: chainHash([]) }),
        3,
      ),
      'chain_hash absent': await about(hop(third, fourth, [first], { chain_hash: undefined }), 3),
      'wrong cnf on the last hop': await about(
        hop(third, fourth, [first], { cnf: { jkt: aitp.thumbprint(ours.aid) } }),
        3,
      ),
      'jti repeated': await about(
        hop(third, fourth, [first], { jti: '55555555-5555-4555-8555-555555555555' }),
        3,
      ),
      'jti absent on the last hop': await about(hop(third, fourth, [first], { jti: undefined }), 3),
      'voucher on a later hop': await about(hop(third, fourth, [first], { voucher: voucherBy(scene) }), 3),
      'scope grows': await about(hop(third, fourth, [first], { scope: [sdkCapability, 'other.v1'] }), 3),
      'back to an earlier subject': await about(hop(third, ours, [first]), 3),
    },
    bytes: { first, second, third: longer },
  }
}

export async function redeemCap(scene: Scene) {
  const { judge, ours, sdk, now } = scene
  const token = delegationBy(ours, third, scene, { exp: now + 600 })
  const redeemed = await judge.ask('sdk.redeem', {
    agent: 'sdk',
    token,
    verifier: sdk.aid,
    issuer_manifests: manifestsOf(scene, ours),
    ttl_secs: 3600,
  })
  if (!redeemed.ok) return { emits: null, judged: { redeem: verdict(redeemed) }, bytes: { token } }
  const issued = isRecord(redeemed.value) ? redeemed.value['issued'] : null
  const tct = typeof issued === 'string' ? issued : text(issued, 'tct')
  const voucher = isRecord(issued) ? issued['grant_voucher'] : null
  const capped = Number(claimsOf(tct)['exp']) <= now + 600
  return {
    emits: `${capped ? 'capped at' : `${Number(claimsOf(tct)['exp']) - (now + 600)} s beyond`} the delegation's exp; ${typeof voucher === 'string' ? 'with a voucher' : 'no voucher'}`,
    judged: {},
    bytes: { token, tct, voucher: voucher ?? null },
  }
}
