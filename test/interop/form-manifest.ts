import {
  covers,
  jcs,
  type ManifestOptions,
  type Members,
  manifestBody,
  manifestText,
  type P256Form,
  seedOf,
  subject,
  without,
} from './craft.ts'
import { bundleOf, issuer, type Scene, sdkManifestArgs, snapshot, verdict } from './form-scene.ts'
import { text } from './judge.ts'

export async function aidForms({ judge, ours, sdk, wire, now }: Scene) {
  const tagged = `aid:pubkey:ed25519:${ours.identifier}`
  const manifest = manifestText(ours, { wire, now, change: { aid: tagged } })
  return {
    emits: sdk.aid.includes(':ed25519:') ? 'tagged' : 'untagged',
    judged: { 'manifest with a tagged AID': verdict(await judge.ask('sdk.verify_manifest', { manifest })) },
    bytes: { aid: sdk.aid, tagged_manifest: JSON.parse(manifest) },
  }
}

export async function aidTrailingBits({ judge, ours, wire, now }: Scene) {
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

export async function signatureTag({ judge, ours, wire, now, sdkManifest }: Scene) {
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

export async function p256Digest({ judge, oursP256, wire, now }: Scene) {
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

export async function p256HighS({ judge, oursP256, wire, now }: Scene) {
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

export async function manifestOrder({ judge, ours, wire, now }: Scene) {
  const bytes: Record<string, unknown> = {}
  const judged: Record<string, string> = {}
  for (const spoil of [['pop', 'signature'], ['pop'], ['signature']] as const) {
    const manifest = manifestText(ours, { wire, now, spoil })
    judged[spoil.join(' and ')] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
    bytes[spoil.join(' and ')] = JSON.parse(manifest)
  }
  return { emits: null, judged, bytes }
}

export async function manifestMembers({ judge, ours, wire, now, sdkManifest }: Scene) {
  const bytes: Record<string, unknown> = {}
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
    const manifest = manifestText(ours, options)
    judged[name] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
    bytes[name] = JSON.parse(manifest)
  }
  const twice = manifestText(ours, { wire, now }).replace(
    '{"manifest":{',
    '{"manifest":{"display_name":"first",',
  )
  judged['repeated member'] = verdict(await judge.ask('sdk.verify_manifest', { manifest: twice }))
  return {
    emits: Object.keys(JSON.parse(sdkManifest).manifest).join(' '),
    judged,
    bytes: { emitted: JSON.parse(sdkManifest), ...bytes },
  }
}

export async function manifestEndpoint({ judge, ours, wire, now }: Scene) {
  const bytes: Record<string, unknown> = {}
  const judged: Record<string, string> = {}
  for (const handshake_endpoint of [
    'https://ours.example/aitp/handshake',
    'https://ours.example/aitp/handshake/hello',
    'http://127.0.0.1:8100/aitp/handshake/',
    'http://ours.example/aitp/handshake/',
  ]) {
    const manifest = manifestText(ours, { wire, now, change: { handshake_endpoint } })
    bytes[`received ${handshake_endpoint}`] = JSON.parse(manifest)
    judged[`received ${handshake_endpoint}`] = verdict(await judge.ask('sdk.verify_manifest', { manifest }))
    const built = await judge.ask('sdk.manifest', sdkManifestArgs('sdk', { endpoint: handshake_endpoint }))
    judged[`built ${handshake_endpoint}`] = verdict(built)
  }
  await judge.get('sdk.manifest', sdkManifestArgs('sdk'))
  return { emits: null, judged, bytes }
}

export async function expiryEquality(scene: Scene) {
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
    bytes: { 'manifest, at expires_at': JSON.parse(manifest) },
  }
}
