import {
  aitp,
  capability,
  claimsOf,
  covers,
  ed25519Key,
  envelopeInput,
  flip,
  type HelloOptions,
  helloText,
  jcs,
  type ManifestOptions,
  type Members,
  manifestBody,
  manifestText,
  mintToken,
  type P256Form,
  p256Key,
  proofInput,
  type RawKey,
  reproducible,
  sealByHand,
  seedOf,
  sha256,
  signMember,
  subject,
  type TimestampForm,
  type Wire,
  without,
} from './craft.ts'
import { createIssuer, type TokenChange } from './issuer.ts'
import { type Answer, isRecord, type Judge, text } from './judge.ts'

/** What one release emits and accepts in one point where the sources of the protocol differ. */
export interface FormRow {
  readonly id: string
  readonly topic: string
  /** The form seen in what the release made itself; `null` where it makes nothing of the kind. */
  readonly emits: string | null
  /** What it said to each form shown to it. */
  readonly judged: Readonly<Record<string, string>>
  /** The artefacts that show it: given to the release, or made by it. */
  readonly bytes: Readonly<Record<string, unknown>>
}

export interface FormsOfRelease {
  readonly release: string
  readonly wire: Wire
  readonly python: string
  readonly recorded_at: number
  readonly seeds: Readonly<Record<string, string>>
  readonly rows: readonly FormRow[]
}

export const sdkCapability = 'sdk.demo.v1'
export const issuer = 'https://issuer.example/tenant'

interface Scene {
  readonly judge: Judge
  readonly wire: Wire
  readonly now: number
  /** Ours, unknown to the release except by its AID. */
  readonly ours: RawKey
  readonly oursP256: RawKey
  /** The release's own agent; its seed is known, so tokens can also be minted in its name by hand. */
  readonly sdk: RawKey
  readonly sdkManifest: string
  /** The form of the timestamp that the release takes, so that the other probes get past the identity. */
  readonly form: TimestampForm
}

type Probe = (scene: Scene) => Promise<Omit<FormRow, 'id' | 'topic'>>

export function verdict(answer: Answer): string {
  if (answer.ok) return 'accepted'
  if (answer.code === 'ABSENT') return 'absent'
  return `refused: ${answer.code ?? answer.message.replace(/\s+/g, ' ').slice(0, 160)}`
}

/** Asks a release about every form, one probe after the other. */
export async function probeForms(judge: Judge): Promise<FormsOfRelease> {
  const about = await judge.get('sdk.about')
  const wire = text(about, 'wire_version') as Wire
  const now = Math.floor(Date.now() / 1000)
  const sdk = ed25519Key(seedOf('sdk'))
  await judge.get('sdk.agent', { name: 'sdk', seed: seedOf('sdk').toString('hex') })
  const sdkManifest = text(await judge.get('sdk.manifest', sdkManifestArgs('sdk')))
  const base = {
    judge,
    wire,
    now,
    ours: ed25519Key(seedOf('ours')),
    oursP256: p256Key(seedOf('ours p256')),
    sdk,
    sdkManifest,
  }
  const scene: Scene = { ...base, form: await acceptedTimestamp(base) }
  const rows: FormRow[] = []
  for (const [id, topic, probe] of probes) {
    let found: Omit<FormRow, 'id' | 'topic'>
    try {
      found = await probe(scene)
    } catch (error) {
      found = { emits: null, judged: { probe: `not exercised: ${String(error).slice(0, 200)}` }, bytes: {} }
    }
    rows.push({ id, topic, ...found })
  }
  return {
    release: text(about, 'release'),
    wire,
    python: text(about, 'python'),
    recorded_at: now,
    seeds: {
      sdk: seedOf('sdk').toString('hex'),
      ours: seedOf('ours').toString('hex'),
      ours_p256: seedOf('ours p256').toString('hex'),
    },
    rows,
  }
}

export function sdkManifestArgs(agent: string, more: Members = {}): Members {
  return {
    agent,
    display_name: 'interop-sdk',
    endpoint: 'https://sdk.example/aitp/handshake/',
    offered: [sdkCapability],
    ttl_secs: 7200,
    ...more,
  }
}

// biome-ignore format: a table, one row a form.
const probes: readonly (readonly [string, string, Probe])[] = [
  ['version', 'version value on the wire', version],
  ['envelope_input', 'signing input of an envelope', envelopeForms],
  ['aid_form', 'AID of an Ed25519 key: untagged or tagged', aidForms],
  ['aid_trailing_bits', 'AID whose unused bits are not zero', aidTrailingBits],
  ['signature_tag', 'tag in front of an Ed25519 signature', signatureTag],
  ['pinned_timestamp', 'timestamp in the pinned-key proof', pinnedTimestamp],
  ['pinned_p256', 'pinned key of type P-256', pinnedP256],
  ['p256_digest', 'P-256 in the JCS profile: digest hashed again, or prehashed', p256Digest],
  ['p256_high_s', 'P-256 signature with high S', p256HighS],
  ['manifest_order', 'manifest with proof and signature both broken', manifestOrder],
  ['manifest_members', 'members of a manifest', manifestMembers],
  ['manifest_endpoint', 'handshake endpoint', manifestEndpoint],
  ['expiry_equality', 'expiry at equality', expiryEquality],
  ['hello_checks', 'what a session checks of a hello', helloChecks],
  ['hello_extensions', 'extensions in a handshake message', helloExtensions],
  ['issuer_text', 'text of an OIDC issuer', issuerText],
  ['oidc_token', 'tokens of an OIDC issuer', oidcTokens],
  ['identity_type', 'identity type and issuer keys at the responder', identityType],
  ['commit_codes', 'codes for a bad TCT inside a commit', commitCodes],
  ['tct_claims', 'claims of a TCT and a voucher as minted', tctClaims],
  ['tct_faults', 'faulty TCTs', tctFaults],
  ['pop', 'downstream proof of possession', popForms],
  ['revocation_input', 'signing input of a revocation snapshot', revocationInput],
  ['bundle_input', 'signing input and signature position of a session bundle', bundleInput],
  ['delegation_claims', 'claims of a delegation token as built', delegationClaims],
  ['delegation_faults', 'faulty delegation tokens', delegationFaults],
  ['multihop', 'chains of delegation tokens', multihop],
  ['redeem_cap', 'life of a redeemed TCT', redeemCap],
  ['renewal', 'renewal', renewal],
]

async function acceptedTimestamp(base: Omit<Scene, 'form'>): Promise<TimestampForm> {
  const scene: Scene = { ...base, form: 'decimal' }
  return (await sayHello(scene, helloFrom(scene))).ok ? 'decimal' : 'binary'
}

function helloFrom({ ours, sdk, wire, now, form }: Scene, change: Partial<HelloOptions> = {}): string {
  return helloText(ours, { wire, now, receiver: sdk.aid, form, ...change })
}

async function version({ wire, judge, ours, now }: Scene) {
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

let sessionCount = 0

async function responder(scene: Scene, more: Members = {}): Promise<string> {
  sessionCount += 1
  const name = `responder ${sessionCount}`
  await scene.judge.get('sdk.responder', { agent: 'sdk', name, pinned_keys: [scene.ours.aid], ...more })
  return name
}

async function sayHello(scene: Scene, hello: string, more: Members = {}): Promise<Answer> {
  return scene.judge.ask('sdk.process_hello', { session: await responder(scene, more), hello })
}

async function sdkHello(scene: Scene): Promise<Members> {
  const name = `initiator ${++sessionCount}`
  const { judge, ours, wire, now } = scene
  await judge.get('sdk.initiator', { agent: 'sdk', name, pinned_keys: [ours.aid] })
  const manifest = manifestText(ours, { wire, now })
  return JSON.parse(
    text(await judge.get('sdk.build_hello', { session: name, manifest, grants: [capability] })),
  )
}

async function envelopeForms(scene: Scene) {
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

async function aidForms({ judge, ours, sdk, wire, now }: Scene) {
  const tagged = `aid:pubkey:ed25519:${ours.identifier}`
  const manifest = manifestText(ours, { wire, now, change: { aid: tagged } })
  return {
    emits: sdk.aid.includes(':ed25519:') ? 'tagged' : 'untagged',
    judged: { 'manifest with a tagged AID': verdict(await judge.ask('sdk.verify_manifest', { manifest })) },
    bytes: { aid: sdk.aid, tagged_manifest: JSON.parse(manifest) },
  }
}

async function aidTrailingBits({ judge, ours, wire, now }: Scene) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(ours.identifier.at(-1) ?? 'A')
  const aid = `aid:pubkey:${ours.identifier.slice(0, -1)}${alphabet[last + 1]}`
  const manifest = manifestText(ours, { wire, now, change: { aid } })
  return {
    emits: null,
    judged: { 'manifest with such an AID': verdict(await judge.ask('sdk.verify_manifest', { manifest })) },
    bytes: { aid, canonical: ours.aid },
  }
}

async function signatureTag({ judge, ours, wire, now, sdkManifest }: Scene) {
  const body = manifestBody(ours, { wire, now })
  const tagged = JSON.stringify({ manifest: { ...body, signature: `ed25519.${String(body['signature'])}` } })
  const own = text(JSON.parse(sdkManifest).manifest, 'signature')
  return {
    emits: own.includes('.') ? 'tagged' : 'untagged',
    judged: {
      'ed25519.-tagged signature': verdict(await judge.ask('sdk.verify_manifest', { manifest: tagged })),
    },
    bytes: { tagged: JSON.parse(tagged) },
  }
}

async function pinnedTimestamp(scene: Scene) {
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

async function pinnedP256(scene: Scene) {
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

async function p256Digest({ judge, oursP256, wire, now }: Scene) {
  const seed = seedOf('sdk p256').toString('hex')
  const aid = text(await judge.get('sdk.agent', { name: 'sdk p256', suite: 'p256', seed }))
  const made = text(
    await judge.get(
      'sdk.manifest',
      sdkManifestArgs('sdk p256', {
        identity_type: 'oidc',
        oidc_issuer: issuer,
        oidc_subject: 'interop-sdk',
        trust_anchors: [issuer],
      }),
    ),
  )
  const body = JSON.parse(made).manifest as Members
  const forms: readonly P256Form[] = ['hashed', 'prehashed']
  const input = jcs(without(body, 'signature'))
  const emitted = forms.filter((form) => covers(aid, input, text(body, 'signature'), form))
  const judged: Record<string, string> = {}
  const bytes: Record<string, unknown> = { emitted_manifest: JSON.parse(made) }
  for (const p256 of forms) {
    const manifest = manifestText(oursP256, { wire, now, identity: { issuer }, sign: { p256 } })
    judged[p256] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
    bytes[`shown_${p256}`] = JSON.parse(manifest)
  }
  return { emits: emitted.join(' and ') || 'unknown', judged, bytes }
}

async function p256HighS({ judge, oursP256, wire, now }: Scene) {
  const judged: Record<string, string> = {}
  for (const p256 of ['hashed', 'prehashed'] as const) {
    const sign = { p256, highS: true }
    const manifest = manifestText(oursP256, { wire, now, identity: { issuer }, sign, popSign: { p256 } })
    judged[`manifest signature with high S, ${p256}`] = verdict(
      await judge.ask('sdk.verify_manifest', { manifest }),
    )
  }
  return { emits: null, judged, bytes: {} }
}

async function manifestOrder({ judge, ours, wire, now }: Scene) {
  const judged: Record<string, string> = {}
  for (const spoil of [['pop', 'signature'], ['pop'], ['signature']] as const) {
    const manifest = manifestText(ours, { wire, now, spoil })
    judged[spoil.join(' and ')] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
  }
  return { emits: null, judged, bytes: {} }
}

async function manifestMembers({ judge, ours, wire, now, sdkManifest }: Scene) {
  const shown: readonly (readonly [string, Members])[] = [
    ['accepted_signature_algorithms', { accepted_signature_algorithms: ['ed25519', 'p256'] }],
    ['extensions', { extensions: { 'com.example.x': 1 } }],
    ['empty extensions', { extensions: {} }],
    ['empty accepted_trust_anchors', { accepted_trust_anchors: [] }],
    ['a trust anchor', { accepted_trust_anchors: [issuer] }],
    ['no accepted_identity_types', { accepted_identity_types: undefined }],
    ['unknown member', { surprise: 1 }],
    ['missing offered_capabilities', { offered_capabilities: undefined }],
    ['mistyped offered_capabilities', { offered_capabilities: 'x' }],
    ['published_at one day ahead', { published_at: now + 86_400, expires_at: now + 90_000 }],
    [
      'oidc hint with public_key',
      { identity_hint: { type: 'oidc', issuer, subject, public_key: ours.identifier } },
    ],
    [
      'pinned hint with issuer',
      { identity_hint: { type: 'pinned_key', issuer, subject, public_key: ours.identifier } },
    ],
    [
      'pinned hint with another key',
      { identity_hint: { type: 'pinned_key', subject, public_key: `${ours.identifier.slice(0, -2)}AA` } },
    ],
  ]
  const judged: Record<string, string> = {}
  for (const [name, change] of shown) {
    const options: ManifestOptions = { wire, now, change }
    judged[name] = verdict(await judge.ask('sdk.verify_manifest', { manifest: manifestText(ours, options) }))
  }
  const twice = manifestText(ours, { wire, now }).replace(
    '{"manifest":{',
    '{"manifest":{"display_name":"first",',
  )
  judged['repeated member'] = verdict(await judge.ask('sdk.verify_manifest', { manifest: twice }))
  return {
    emits: Object.keys(JSON.parse(sdkManifest).manifest).join(' '),
    judged,
    bytes: { emitted: JSON.parse(sdkManifest) },
  }
}

async function manifestEndpoint({ judge, ours, wire, now }: Scene) {
  const judged: Record<string, string> = {}
  for (const handshake_endpoint of [
    'https://ours.example/aitp/handshake',
    'https://ours.example/aitp/handshake/hello',
    'http://127.0.0.1:8100/aitp/handshake/',
    'http://ours.example/aitp/handshake/',
  ]) {
    const manifest = manifestText(ours, { wire, now, change: { handshake_endpoint } })
    judged[`received ${handshake_endpoint}`] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
    const built = await judge.ask('sdk.manifest', sdkManifestArgs('sdk', { endpoint: handshake_endpoint }))
    judged[`built ${handshake_endpoint}`] = verdict(built)
  }
  await judge.get('sdk.manifest', sdkManifestArgs('sdk'))
  return { emits: null, judged, bytes: {} }
}

async function expiryEquality(scene: Scene) {
  const { judge, ours, wire, now } = scene
  const at = now + 7200
  const manifest = manifestText(ours, { wire, now })
  const list = snapshot(ours, wire, { now, expires_at: at })
  const bundle = bundleOf(scene, 'inner')
  const about = (op: string, args: Members) => judge.ask(op, args).then(verdict)
  return {
    emits: null,
    judged: {
      'manifest, one second before': await about('sdk.verify_manifest', { manifest, now: at - 1 }),
      'manifest, at expires_at': await about('sdk.verify_manifest', { manifest, now: at }),
      'manifest, one second after': await about('sdk.verify_manifest', { manifest, now: at + 1 }),
      'snapshot, at expires_at': await about('sdk.verify_revocation_list', {
        list,
        issuer: ours.aid,
        now: at,
      }),
      'snapshot, one second after': await about('sdk.verify_revocation_list', {
        list,
        issuer: ours.aid,
        now: at + 1,
      }),
      'bundle, at expires_at': await about('sdk.verify_bundle', { ...bundle.args, now: now + 3600 }),
      'bundle, one second after': await about('sdk.verify_bundle', { ...bundle.args, now: now + 3601 }),
    },
    bytes: {},
  }
}

async function helloChecks(scene: Scene) {
  const { ours, now, judge } = scene
  const spoiled = JSON.parse(helloFrom(scene)) as Members
  const first = await responder(scene)
  const replayed = helloFrom(scene)
  const once = await judge.ask('sdk.process_hello', { session: first, hello: replayed })
  const again = await judge.ask('sdk.process_hello', { session: first, hello: replayed })
  const about = async (hello: string) => verdict(await sayHello(scene, hello))
  return {
    emits: null,
    judged: {
      'a good one': verdict(once),
      'the same in the same session': verdict(again),
      'the same in another session': await about(replayed),
      'envelope signature broken': await about(
        JSON.stringify({ ...spoiled, signature: flip(text(spoiled, 'signature')) }),
      ),
      'version aitp/0.1': await about(helloFrom(scene, { version: 'aitp/0.1' })),
      'message_type commit': await about(helloFrom(scene, { envelope: { message_type: 'mutual_commit' } })),
      'timestamp 301 s old': await about(helloFrom(scene, { timestamp: now - 301 })),
      'timestamp 301 s ahead': await about(helloFrom(scene, { timestamp: now + 301 })),
      'another receiver': await about(helloFrom(scene, { receiver: ours.aid })),
      'no requested grants': await about(helloFrom(scene, { grants: [] })),
      'pinned identity with issuer': await about(helloFrom(scene, { identity: { issuer } })),
    },
    bytes: {},
  }
}

async function helloExtensions(scene: Scene) {
  const { ours, wire, now } = scene
  const extensions = { 'com.example.x': 1 }
  const about = async (hello: string) => verdict(await sayHello(scene, hello))
  return {
    emits: null,
    judged: {
      'envelope, signed where the wire signs them': await about(
        helloFrom(scene, { envelope: { extensions } }),
      ),
      'envelope, added after signing': await about(helloFrom(scene, { afterwards: { extensions } })),
      identity: await about(helloFrom(scene, { identity: { extensions } })),
      payload: await about(helloFrom(scene, { payload: { extensions } })),
      manifest: await about(
        helloFrom(scene, { manifest: manifestBody(ours, { wire, now, change: { extensions } }) }),
      ),
      'unknown envelope member': await about(helloFrom(scene, { envelope: { surprise: 1 } })),
      'unknown payload member': await about(helloFrom(scene, { payload: { surprise: 1 } })),
    },
    bytes: {},
  }
}

/** The specification compares issuers as exact strings. */
async function issuerText({ judge }: Scene) {
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

async function oidcTokens(scene: Scene) {
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

async function identityType(scene: Scene) {
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

export interface TctChange {
  readonly claims?: Members
  readonly header?: string
  readonly typ?: string
}

export function tctBy(
  key: RawKey,
  holder: { readonly aid: string },
  { wire, now }: { readonly wire: Wire; readonly now: number },
  { claims = {}, header, typ = 'aitp-tct+jwt' }: TctChange = {},
): string {
  const all = {
    ver: wire,
    jti: '22222222-2222-4222-8222-222222222222',
    iss: key.aid,
    sub: holder.aid,
    aud: holder.aid,
    iat: now,
    exp: now + 3600,
    grants: [capability],
    cnf: { jkt: aitp.thumbprint(aitp.parseAid(holder.aid)) },
    ...claims,
  }
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return mintToken(key, typ, kept, header)
}

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
      message_id: aitp.newUuid(reproducible(`commit ${sessionCount} ${now}`)),
      timestamp: now,
      sender: { agent_id: ours.aid },
      payload,
    },
    wire,
  )
  return verdict(await judge.ask('sdk.process_commit', { session, commit }))
}

async function commitCodes(scene: Scene) {
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
      message_id: aitp.newUuid(reproducible(`commit ${sessionCount} ${now}`)),
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

async function tctClaims(scene: Scene) {
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

async function tctFaults(scene: Scene) {
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
    bytes: { good: tctBy(ours, sdk, scene) },
  }
}

async function popForms(scene: Scene) {
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

export type BodyForm = 'inner' | 'wrapped'

export function snapshot(
  key: RawKey,
  wire: Wire,
  { now, form = 'inner', ...change }: { now: number; form?: BodyForm } & Members,
): string {
  const body = {
    version: wire,
    issuer: key.aid,
    published_at: now,
    expires_at: now + 3600,
    entries: [{ jti: '33333333-3333-4333-8333-333333333333', revoked_at: now }],
    ...change,
  }
  const input = form === 'inner' ? jcs(body) : jcs({ revocation_list: body })
  return JSON.stringify({ revocation_list: body, signature: signMember(key, input) })
}

async function revocationInput(scene: Scene) {
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

function bundleOf({ ours, sdk, wire, now }: Scene, form: BodyForm | 'sibling', change: Members = {}) {
  const body = {
    version: wire,
    session_id: '44444444-4444-4444-8444-444444444444',
    coordinator: ours.aid,
    issued_at: now,
    expires_at: now + 3600,
    participants: [{ aid: sdk.aid, tct: tctBy(ours, sdk, { wire, now }) }],
    ...change,
  }
  const input = form === 'wrapped' ? jcs({ session_bundle: body }) : jcs(body)
  const signature = signMember(ours, input)
  const document =
    form === 'sibling' ? { session_bundle: body, signature } : { session_bundle: { ...body, signature } }
  const manifest = manifestText(ours, { wire, now })
  return {
    document,
    args: { bundle: JSON.stringify(document), verifier: sdk.aid, coordinator_manifest: manifest },
  }
}

async function bundleInput(scene: Scene) {
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

async function delegationClaims(scene: Scene) {
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

async function delegationFaults(scene: Scene) {
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
    bytes: { good: delegationBy(ours, third, scene) },
  }
}

function chainHash(chain: readonly string[]): string {
  return sha256(jcs(chain.map((token) => sha256(token).toString('base64url')))).toString('base64url')
}

async function multihop(scene: Scene) {
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

async function redeemCap(scene: Scene) {
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

async function renewal(scene: Scene) {
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
