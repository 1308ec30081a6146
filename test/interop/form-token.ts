import {
  aitp,
  capability,
  claimsOf,
  covers,
  flip,
  helloText,
  jcs,
  type Members,
  reproducible,
  sealByHand,
  signMember,
  without,
} from './craft.ts'
import {
  type BodyForm,
  bundleOf,
  helloFrom,
  responder,
  type Scene,
  sdkCapability,
  sdkManifestArgs,
  snapshot,
  type TctChange,
  tctBy,
  verdict,
} from './form-scene.ts'
import { isRecord, text } from './judge.ts'

let commits = 0

async function handCommit(scene: Scene, change: TctChange, pop?: Members): Promise<string> {
  const { ours, sdk, wire, now, judge } = scene
  const session = await responder(scene)
  const hello = helloFrom(scene)
  const answered = await judge.ask('sdk.process_hello', { session, hello })
  if (!answered.ok) return `no ack: ${verdict(answered)}`
  const ack = JSON.parse(text(answered.value, 'ack')) as { payload: { pop_nonce: string } }
  const nonce = ack.payload.pop_nonce
  const payload = {
    tct: tctBy(ours, sdk, scene, change),
    pop_signature: signMember(ours, Buffer.from(nonce, 'base64url')),
    pop_nonce_echo: nonce,
    ...pop,
  }
  const commit = sealByHand(
    ours,
    {
      version: wire,
      message_type: 'mutual_commit',
      message_id: aitp.newUuid(reproducible(`commit ${++commits} ${now}`)),
      timestamp: now,
      sender: { agent_id: ours.aid },
      payload,
    },
    wire,
  )
  return verdict(await judge.ask('sdk.process_commit', { session, commit }))
}

export async function commitCodes(scene: Scene) {
  const { ours, now } = scene
  return {
    emits: null,
    judged: {
      'a good one': await handCommit(scene, {}),
      'grants beyond what the issuer offers': await handCommit(scene, { claims: { grants: ['other.v1'] } }),
      'audience is another': await handCommit(scene, { claims: { aud: ours.aid } }),
      'typ of a voucher': await handCommit(scene, { typ: 'aitp-grant+jwt' }),
      'alg none': await handCommit(scene, { header: '{"alg":"none","typ":"aitp-tct+jwt"}' }),
      'outlives the manifest': await handCommit(scene, { claims: { exp: now + 7201 } }),
      expired: await handCommit(scene, { claims: { iat: now - 10, exp: now - 1 } }),
      'wrong cnf': await handCommit(scene, { claims: { cnf: { jkt: aitp.thumbprint(ours.aid) } } }),
      'wrong echo': await handCommit(scene, {}, { pop_nonce_echo: 'AAAAAAAAAAAAAAAAAAAAAA' }),
      'wrong proof of possession': await handCommit(
        scene,
        {},
        { pop_signature: signMember(ours, Buffer.alloc(16)) },
      ),
    },
    bytes: {},
  }
}

/** A handshake by hand as the initiator, to get a TCT and a voucher that the release minted. */
async function mintedBySdk(
  scene: Scene,
): Promise<{ tct: string; voucher: string | null; envelope: Members }> {
  const { ours, sdk, wire, now, judge } = scene
  const session = await responder(scene)
  for (const form of ['decimal', 'binary'] as const) {
    const hello = helloText(ours, { wire, now, receiver: sdk.aid, form })
    const answered = await judge.ask('sdk.process_hello', { session, hello })
    if (!answered.ok) continue
    const ack = JSON.parse(text(answered.value, 'ack')) as { payload: { pop_nonce: string } }
    const nonce = ack.payload.pop_nonce
    const envelope = {
      version: wire,
      message_type: 'mutual_commit',
      message_id: aitp.newUuid(reproducible(`commit ${++commits} ${now}`)),
      timestamp: now,
      sender: { agent_id: ours.aid },
      payload: {
        tct: tctBy(ours, sdk, scene),
        pop_signature: signMember(ours, Buffer.from(nonce, 'base64url')),
        pop_nonce_echo: nonce,
      },
    }
    const commit = sealByHand(ours, envelope, wire)
    const done = await judge.get('sdk.process_commit', { session, commit })
    const commitAck = JSON.parse(text(done, 'ack')) as Members
    const payload = commitAck['payload'] as { tct: string; grant_voucher?: string }
    return { tct: payload.tct, voucher: payload.grant_voucher ?? null, envelope: commitAck }
  }
  throw new TypeError('the release answers no hello')
}

export async function tctClaims(scene: Scene) {
  const { tct, voucher, envelope } = await mintedBySdk(scene)
  const [header = '', payload = ''] = tct.split('.')
  const decoded = Buffer.from(payload, 'base64url').toString()
  const canonical = decoded === jcs(JSON.parse(decoded)).toString()
  return {
    emits: `${Buffer.from(header, 'base64url').toString()}, claims ${Object.keys(claimsOf(tct)).join(' ')}, ${canonical ? 'canonical' : 'not canonical'}; ${voucher === null ? 'no voucher' : `voucher ${Object.keys(claimsOf(voucher)).join(' ')}`}`,
    judged: {},
    bytes: { tct, voucher, commit_ack: envelope },
  }
}

export async function tctFaults(scene: Scene) {
  const { judge, ours, sdk, now, wire } = scene
  const about = async (change: TctChange, more: Members = {}) => {
    const tct = tctBy(ours, sdk, scene, change)
    return verdict(await judge.ask('sdk.verify_tct', { agent: 'sdk', tct, grant: capability, ...more }))
  }
  return {
    emits: null,
    judged: {
      'a good one': await about({}),
      'ver of the other wire': await about({
        claims: { ver: wire === 'aitp/0.2' ? 'aitp/0.3' : 'aitp/0.2' },
      }),
      'ver absent': await about({ claims: { ver: undefined } }),
      'extra header member': await about({ header: '{"alg":"EdDSA","typ":"aitp-tct+jwt","kid":"1"}' }),
      'wrong typ': await about({ typ: 'aitp-grant+jwt' }),
      'alg ES256': await about({ header: '{"alg":"ES256","typ":"aitp-tct+jwt"}' }),
      'wrong cnf': await about({ claims: { cnf: { jkt: aitp.thumbprint(ours.aid) } } }),
      'another audience': await about({ claims: { aud: ours.aid, sub: ours.aid } }),
      'aud is not sub': await about({ claims: { sub: ours.aid, cnf: { jkt: aitp.thumbprint(ours.aid) } } }),
      'aud is an array': await about({ claims: { aud: [sdk.aid] } }),
      'unknown claim': await about({ claims: { nbf: now } }),
      'ext claim': await about({ claims: { ext: { 'com.example.x': 1 } } }),
      'iat one hour ahead': await about({ claims: { iat: now + 3000 } }),
      'exp before iat': await about({ claims: { iat: now + 20, exp: now + 10 } }),
      'exp in the past': await about({ claims: { iat: now - 20, exp: now - 10 } }),
      'repeated grants': await about({ claims: { grants: [capability, capability] } }),
      'no grants': await about({ claims: { grants: [] } }),
      'jti in uppercase': await about({ claims: { jti: '22222222-2222-4222-8222-22222222222A' } }),
      'grant not held': await about({}, { grant: 'other.v1' }),
      'listed as revoked': await about({}, { revoked_jtis: ['22222222-2222-4222-8222-222222222222'] }),
    },
    bytes: {
      good: tctBy(ours, sdk, scene),
      'repeated grants': tctBy(ours, sdk, scene, { claims: { grants: [capability, capability] } }),
    },
  }
}

export async function popForms(scene: Scene) {
  const { judge, ours, sdk } = scene
  const tct = tctBy(ours, sdk, scene)
  const challenge = await judge.ask('sdk.pop_challenge', { agent: 'sdk', tct })
  if (!challenge.ok)
    return { emits: null, judged: { 'challenge and response': verdict(challenge) }, bytes: {} }
  const made = text(challenge.value)
  const response = await judge.ask('sdk.pop_response', { agent: 'sdk', challenge: made })
  const plain = JSON.parse(made) as Members
  const bare = JSON.stringify(without(plain, 'expires_at'))
  return {
    emits: `challenge ${Object.keys(plain).join(' ')}; response ${response.ok ? Object.keys(JSON.parse(text(response.value))).join(' ') : 'none'}`,
    judged: {
      'challenge without expires_at': verdict(
        await judge.ask('sdk.pop_response', { agent: 'sdk', challenge: bare }),
      ),
      'own response': verdict(
        await judge.ask('sdk.verify_pop', {
          challenge: made,
          response: response.ok ? response.value : '',
          tct,
        }),
      ),
    },
    bytes: { tct, challenge: plain, response: response.ok ? JSON.parse(text(response.value)) : null },
  }
}

export async function revocationInput(scene: Scene) {
  const { judge, ours, sdk, wire, now } = scene
  const entries = [{ jti: '33333333-3333-4333-8333-333333333333', revoked_at: now, reason: 'interop' }]
  const made = JSON.parse(text(await judge.get('sdk.sign_revocation_list', { agent: 'sdk', entries })))
  const empty = JSON.parse(text(await judge.get('sdk.sign_revocation_list', { agent: 'sdk', entries: [] })))
  const { revocation_list, signature } = made as { revocation_list: Members; signature: string }
  const emitted = covers(sdk.aid, jcs(revocation_list), signature)
    ? 'inner'
    : covers(sdk.aid, jcs({ revocation_list }), signature)
      ? 'wrapped'
      : 'unknown'
  const about = async (list: string, issuerAid: string = ours.aid) =>
    verdict(await judge.ask('sdk.verify_revocation_list', { list, issuer: issuerAid }))
  const inner = snapshot(ours, wire, { now })
  const wrapped = snapshot(ours, wire, { now, form: 'wrapped' })
  return {
    emits: emitted,
    judged: {
      inner: await about(inner),
      wrapped: await about(wrapped),
      empty: await about(snapshot(ours, wire, { now, entries: [] })),
      extensions: await about(snapshot(ours, wire, { now, extensions: { 'com.example.x': 1 } })),
      'unknown member': await about(snapshot(ours, wire, { now, surprise: 1 })),
      'another issuer': await about(inner, sdk.aid),
      'version of the other wire': await about(
        snapshot(ours, wire, { now, version: wire === 'aitp/0.2' ? 'aitp/0.3' : 'aitp/0.2' }),
      ),
      'signature broken': await about(
        JSON.stringify({ ...JSON.parse(inner), signature: flip(text(JSON.parse(inner), 'signature')) }),
      ),
    },
    bytes: {
      emitted: made,
      emitted_empty: empty,
      shown_inner: JSON.parse(inner),
      shown_wrapped: JSON.parse(wrapped),
    },
  }
}

export async function bundleInput(scene: Scene) {
  const { judge, sdk, ours, now } = scene
  const tct = tctBy(sdk, ours, scene, { claims: { grants: [sdkCapability] } })
  const made = JSON.parse(
    text(
      await judge.get('sdk.build_bundle', {
        agent: 'sdk',
        session_id: '44444444-4444-4444-8444-444444444444',
        issued_at: now,
        participants: [{ aid: ours.aid, tct }],
      }),
    ),
  ) as { session_bundle: Members; signature?: string }
  const inside = made.session_bundle['signature']
  const signature = typeof inside === 'string' ? inside : String(made.signature)
  const body = without(made.session_bundle, 'signature')
  const input = covers(sdk.aid, jcs(body), signature)
    ? 'inner'
    : covers(sdk.aid, jcs({ session_bundle: body }), signature)
      ? 'wrapped'
      : 'unknown'
  const about = async (form: BodyForm | 'sibling', change?: Members) =>
    verdict(await judge.ask('sdk.verify_bundle', bundleOf(scene, form, change).args))
  return {
    emits: `${input}, signature ${typeof inside === 'string' ? 'inside the body' : 'beside the body'}`,
    judged: {
      inner: await about('inner'),
      wrapped: await about('wrapped'),
      'signature beside the body': await about('sibling'),
      extensions: await about('inner', { extensions: { 'com.example.x': 1 } }),
      'unknown member': await about('inner', { surprise: 1 }),
      'expires_at later than the TCT': await about('inner', { expires_at: now + 3601 }),
      'verifier is no member': verdict(
        await judge.ask('sdk.verify_bundle', { ...bundleOf(scene, 'inner').args, verifier: ours.aid }),
      ),
    },
    bytes: {
      emitted: made,
      shown_inner: bundleOf(scene, 'inner').document,
      shown_wrapped: bundleOf(scene, 'wrapped').document,
    },
  }
}

export async function renewal(scene: Scene) {
  const { judge, ours, sdk, now, wire } = scene
  const held = tctBy(ours, sdk, scene)
  const request = await judge.ask('sdk.renewal_request', { agent: 'sdk', tct: held })
  const issued = tctBy(sdk, ours, scene, { claims: { grants: [sdkCapability] } })
  const nonce = Buffer.from(reproducible(`renewal ${now}`)(16))
  const good = JSON.stringify({
    current_tct: issued,
    pop_nonce: nonce.toString('base64url'),
    pop_signature: signMember(ours, nonce),
  })
  const process = (body: string, more: Members = {}) =>
    judge.ask('sdk.process_renewal', {
      agent: 'sdk',
      request: body,
      manifest_exp: now + 7200,
      ttl_secs: 5400,
      ...more,
    })
  const revoked = await process(good, { revoked_jtis: ['22222222-2222-4222-8222-222222222222'] })
  const done = await process(good)
  const again = await process(good)
  const other = Buffer.from(reproducible(`renewal other ${now}`)(16))
  await judge.get('sdk.manifest', sdkManifestArgs('sdk', { offered: ['something.else.v1'] }))
  const narrowed = await process(
    JSON.stringify({
      current_tct: issued,
      pop_nonce: other.toString('base64url'),
      pop_signature: signMember(ours, other),
    }),
  )
  await judge.get('sdk.manifest', sdkManifestArgs('sdk'))
  const answered = done.ok && isRecord(done.value) ? done.value : {}
  return {
    emits: request.ok
      ? `request ${Object.keys(JSON.parse(text(request.value))).join(' ')}; answer ${Object.keys(answered).join(' ')}`
      : null,
    judged: {
      'a good request': verdict(done),
      'the same again': verdict(again),
      revoked: verdict(revoked),
      'grant no longer offered': verdict(narrowed),
    },
    bytes: {
      request: request.ok ? JSON.parse(text(request.value)) : null,
      request_shown: JSON.parse(good),
      answer: answered,
      wire,
    },
  }
}
