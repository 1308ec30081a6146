import { ed25519Key, p256Key, seedOf, type TimestampForm, type Wire } from './craft.ts'
import { delegationClaims, delegationFaults, multihop, redeemCap } from './form-delegation.ts'
import {
  envelopeForms,
  helloChecks,
  helloExtensions,
  identityType,
  issuerText,
  oidcTokens,
  pinnedP256,
  pinnedTimestamp,
  version,
} from './form-handshake.ts'
import {
  aidForms,
  aidTrailingBits,
  expiryEquality,
  manifestEndpoint,
  manifestMembers,
  manifestOrder,
  p256Digest,
  p256HighS,
  signatureTag,
} from './form-manifest.ts'
import {
  type FormRow,
  type Found,
  helloFrom,
  type Probe,
  type Scene,
  sayHello,
  sdkManifestArgs,
} from './form-scene.ts'
import {
  bundleInput,
  commitCodes,
  popForms,
  renewal,
  revocationInput,
  tctClaims,
  tctFaults,
} from './form-token.ts'
import { type Judge, text } from './judge.ts'

export interface FormsOfRelease {
  readonly release: string
  readonly wire: Wire
  readonly python: string
  readonly recorded_at: number
  readonly seeds: Readonly<Record<string, string>>
  readonly rows: readonly FormRow[]
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
    let found: Found
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

async function acceptedTimestamp(base: Omit<Scene, 'form'>): Promise<TimestampForm> {
  const scene: Scene = { ...base, form: 'decimal' }
  return (await sayHello(scene, helloFrom(scene))).ok ? 'decimal' : 'binary'
}

// biome-ignore format: a table, one row a form.
export const probes: readonly (readonly [string, string, Probe])[] = [
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
