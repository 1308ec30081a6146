import {
  aitp,
  covers,
  envelopeInput,
  flip,
  helloText,
  type Members,
  manifestBody,
  manifestText,
  proofInput,
  type RawKey,
  sealByHand,
  seedOf,
  sha256,
  subject,
  type Wire,
} from './craft.ts'
import {
  helloFrom,
  issuer,
  responder,
  type Scene,
  sayHello,
  sdkHello,
  sdkManifestArgs,
  verdict,
} from './form-scene.ts'
import { createIssuer, type TokenChange } from './issuer.ts'
import { text } from './judge.ts'

export async function version({ wire, judge, ours, now }: Scene) {
  const other: Wire = wire === 'aitp/0.2' ? 'aitp/0.3' : 'aitp/0.2'
  const shown = manifestText(ours, { wire: other, now })
  return {
    emits: wire,
    judged: {
      [`manifest of ${other}`]: verdict(await judge.ask('sdk.verify_manifest', { manifest: shown })),
      'manifest without version': verdict(
        await judge.ask('sdk.verify_manifest', {
          manifest: manifestText(ours, { wire, now, change: { version: undefined } }),
        }),
      ),
    },
    bytes: { other_version: JSON.parse(shown) },
  }
}

export async function envelopeForms(scene: Scene) {
  const { sdk, ours, wire, judge } = scene
  const hello = await sdkHello(scene)
  const signature = text(hello, 'signature')
  const wires: readonly Wire[] = ['aitp/0.2', 'aitp/0.3']
  const found = wires.find((form) => covers(sdk.aid, envelopeInput(hello, form), signature))
  const names = {
    'aitp/0.2': 'id|timestamp|sender|hex(sha256(JCS(payload)))',
    'aitp/0.3': '"aitp-envelope-v2" NUL JCS(envelope without signature)',
  }
  const input = envelopeInput(hello, found ?? wire)
  const made = await judge.ask('sdk.sign_envelope', {
    agent: 'sdk',
    message_type: 'error',
    payload: '{"code":"INVALID_ENVELOPE","retryable":false}',
    message_id: '11111111-1111-4111-8111-111111111111',
    timestamp: 1711900000,
  })
  return {
    emits: found === undefined ? 'unknown' : names[found],
    judged: {
      'sign_envelope offered': verdict(made),
      'hello signed over the other input': verdict(
        await sayHello(
          scene,
          resealed(ours, helloFrom(scene), wire === 'aitp/0.2' ? 'aitp/0.3' : 'aitp/0.2'),
        ),
      ),
    },
    bytes: {
      hello,
      signing_input_utf8: input.toString(),
      sha256: sha256(input).toString('hex'),
      ...(made.ok ? { fixed_envelope: JSON.parse(text(made.value)) } : {}),
    },
  }
}

function resealed(key: RawKey, envelope: string, wire: Wire): string {
  return sealByHand(key, JSON.parse(envelope) as Members, wire)
}

export async function pinnedTimestamp(scene: Scene) {
  const { ours, sdk, wire, now } = scene
  const hello = await sdkHello(scene)
  const payload = hello['payload'] as { identity: { proof: string }; pop_nonce: string }
  const fields = {
    sender: sdk.aid,
    receiver: ours.aid,
    messageId: text(hello, 'message_id'),
    timestamp: Number(hello['timestamp']),
    popNonce: payload.pop_nonce,
  }
  const forms = ['decimal', 'binary'] as const
  const emitted = forms.find((form) => covers(sdk.aid, proofInput(fields, form), payload.identity.proof))
  const decimal = helloText(ours, { wire, now, receiver: sdk.aid, form: 'decimal' })
  const binary = helloText(ours, { wire, now, receiver: sdk.aid, form: 'binary' })
  return {
    emits: emitted ?? 'unknown',
    judged: {
      decimal: verdict(await sayHello(scene, decimal)),
      binary: verdict(await sayHello(scene, binary)),
      'key not in the trust store': verdict(await sayHello(scene, helloFrom(scene), { pinned_keys: [] })),
    },
    bytes: {
      emitted_hello: hello,
      proof_input_hex: proofInput(fields, emitted ?? 'decimal').toString('hex'),
      shown_decimal: JSON.parse(decimal),
      shown_binary: JSON.parse(binary),
    },
  }
}

export async function pinnedP256(scene: Scene) {
  const { judge, oursP256, sdk, wire, now } = scene
  await judge.get('sdk.agent', {
    name: 'sdk p256 pinned',
    suite: 'p256',
    seed: seedOf('sdk p256').toString('hex'),
  })
  const built = await judge.ask('sdk.manifest', sdkManifestArgs('sdk p256 pinned'))
  const more = { pinned_keys: [oursP256.aid] }
  const judged: Record<string, string> = { 'own manifest': verdict(built) }
  for (const p256 of ['hashed', 'prehashed'] as const) {
    const shown = helloText(oursP256, { wire, now, receiver: sdk.aid, sign: { p256 } })
    judged[`hello by a pinned P-256 key, ${p256}`] = await sayHello(scene, shown, more).then(verdict, String)
  }
  return {
    emits: built.ok ? 'allowed' : null,
    judged,
    bytes: built.ok ? { manifest: JSON.parse(text(built.value)) } : {},
  }
}

export async function helloChecks(scene: Scene) {
  const { ours, now, judge } = scene
  const spoiled = JSON.parse(helloFrom(scene)) as Members
  const first = await responder(scene)
  const replayed = helloFrom(scene)
  const once = await judge.ask('sdk.process_hello', { session: first, hello: replayed })
  const again = await judge.ask('sdk.process_hello', { session: first, hello: replayed })
  const { judged, bytes } = await showHellos(scene, {
    'the same in another session': replayed,
    'envelope signature broken': JSON.stringify({ ...spoiled, signature: flip(text(spoiled, 'signature')) }),
    'version aitp/0.1': helloFrom(scene, { version: 'aitp/0.1' }),
    'message_type commit': helloFrom(scene, { envelope: { message_type: 'mutual_commit' } }),
    'timestamp 301 s old': helloFrom(scene, { timestamp: now - 301 }),
    'timestamp 301 s ahead': helloFrom(scene, { timestamp: now + 301 }),
    'another receiver': helloFrom(scene, { receiver: ours.aid }),
    'no requested grants': helloFrom(scene, { grants: [] }),
    'pinned identity with issuer': helloFrom(scene, { identity: { issuer } }),
  })
  return {
    emits: null,
    judged: { 'a good one': verdict(once), 'the same in the same session': verdict(again), ...judged },
    bytes: { 'the same in the same session': JSON.parse(replayed), ...bytes },
  }
}

export async function helloExtensions(scene: Scene) {
  const { ours, wire, now } = scene
  const extensions = { 'com.example.x': 1 }
  const shown = await showHellos(scene, {
    'envelope, signed where the wire signs them': helloFrom(scene, { envelope: { extensions } }),
    'envelope, added after signing': helloFrom(scene, { afterwards: { extensions } }),
    identity: helloFrom(scene, { identity: { extensions } }),
    payload: helloFrom(scene, { payload: { extensions } }),
    manifest: helloFrom(scene, { manifest: manifestBody(ours, { wire, now, change: { extensions } }) }),
    'unknown envelope member': helloFrom(scene, { envelope: { surprise: 1 } }),
    'unknown payload member': helloFrom(scene, { payload: { surprise: 1 } }),
  })
  return { emits: null, ...shown }
}

/** Each hello to a session of its own. */
async function showHellos(scene: Scene, hellos: Readonly<Record<string, string>>) {
  const judged: Record<string, string> = {}
  const bytes: Record<string, unknown> = {}
  for (const [name, hello] of Object.entries(hellos)) {
    judged[name] = verdict(await sayHello(scene, hello))
    bytes[name] = JSON.parse(hello)
  }
  return { judged, bytes }
}

/** The specification compares issuers as exact strings. */
export async function issuerText({ judge }: Scene) {
  const bytes: Record<string, unknown> = {}
  const emitted: string[] = []
  const seed = seedOf('sdk oidc').toString('hex')
  await judge.get('sdk.agent', { name: 'sdk oidc', seed })
  for (const given of ['https://issuer.example', 'https://Issuer.example:443/tenant', issuer]) {
    const options = {
      identity_type: 'oidc',
      oidc_issuer: given,
      oidc_subject: 'interop-sdk',
      trust_anchors: [given],
    }
    const made = JSON.parse(text(await judge.get('sdk.manifest', sdkManifestArgs('sdk oidc', options)))) as {
      manifest: { identity_hint: { issuer: string } }
    }
    const written = made.manifest.identity_hint.issuer
    emitted.push(written === given ? `${given} as it is` : `${given} as ${written}`)
    bytes[given] = made
  }
  return { emits: emitted.join('; '), judged: {}, bytes }
}

export async function oidcTokens(scene: Scene) {
  const { ours, sdk, wire, now, judge } = scene
  const agent = 'sdk oidc tokens'
  await judge.get('sdk.agent', { name: agent, seed: seedOf('sdk').toString('hex') })
  await judge.get(
    'sdk.manifest',
    sdkManifestArgs(agent, { trust_anchors: [issuer], accepted_identity_types: ['pinned_key', 'oidc'] }),
  )
  const bytes: Record<string, unknown> = {}
  const judged: Record<string, string> = {}
  const show = async (
    name: string,
    algorithm: 'EdDSA' | 'ES256',
    change: TokenChange = {},
    jwks?: Members,
  ) => {
    const authority = createIssuer(issuer, algorithm)
    const jkt = aitp.thumbprint(ours.aid)
    const hello = helloText(ours, {
      wire,
      now,
      receiver: sdk.aid,
      jwt: (nonce) => ({ issuer, proof: authority.mint({ subject, audience: sdk.aid, nonce, jkt }, change) }),
    })
    const session = `${agent} ${name}`
    const trust = { trust_anchors: [issuer], jwks: jwks ?? { [issuer]: authority.jwks } }
    await judge.get('sdk.responder', { agent, name: session, ...trust })
    judged[name] = verdict(await judge.ask('sdk.process_hello', { session, hello }))
    bytes[name] = JSON.parse(hello)
  }
  await show('EdDSA', 'EdDSA')
  await show('ES256, low S', 'ES256')
  await show('ES256, high S', 'ES256', { highS: true })
  await show('aud is an array with the receiver', 'EdDSA', { claims: { aud: [sdk.aid, 'other'] } })
  await show('aud is another', 'EdDSA', { claims: { aud: ours.aid } })
  await show('aud absent', 'EdDSA', { claims: { aud: undefined } })
  await show('exp absent', 'EdDSA', { claims: { exp: undefined } })
  await show('exp is now', 'EdDSA', { claims: { exp: now } })
  await show('iat absent', 'EdDSA', { claims: { iat: undefined } })
  await show('iat 301 s old', 'EdDSA', { claims: { iat: now - 301 } })
  await show('nonce of another message', 'EdDSA', { claims: { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' } })
  await show('cnf absent', 'EdDSA', { claims: { cnf: undefined } })
  await show('keys of the issuer not at hand', 'EdDSA', {}, {})
  return { emits: null, judged, bytes }
}

export async function identityType(scene: Scene) {
  const { ours, sdk, wire, now, judge } = scene
  const jwt = () => ({ issuer, proof: 'eyJhbGciOiJFZERTQSJ9.e30.AAAA' })
  const hello = helloText(ours, { wire, now, receiver: sdk.aid, jwt })
  await judge.get(
    'sdk.manifest',
    sdkManifestArgs('sdk', { trust_anchors: [issuer], accepted_identity_types: ['pinned_key', 'oidc'] }),
  )
  const unknownKeys = await sayHello(scene, hello, { trust_anchors: [issuer], jwks: {} })
  const foreign = await sayHello(scene, hello, { trust_anchors: ['https://other.example'], jwks: {} })
  await judge.get('sdk.manifest', sdkManifestArgs('sdk'))
  return {
    emits: null,
    judged: {
      'OIDC hello to a pinned-key agent': verdict(await sayHello(scene, hello)),
      'keys of a trusted issuer not at hand': verdict(unknownKeys),
      'issuer is no anchor': verdict(foreign),
      'sender accepts only OIDC itself': verdict(
        await sayHello(
          scene,
          helloFrom(scene, {
            manifest: manifestBody(ours, { wire, now, change: { accepted_identity_types: ['oidc'] } }),
          }),
        ),
      ),
    },
    bytes: {},
  }
}
