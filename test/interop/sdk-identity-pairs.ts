import type { AgentKey, Compat, HandshakeParty } from '../../src/aitp/index.ts'
import { clock } from './clock.ts'
import { aitp, capability, reproducible, seedOf, subject } from './craft.ts'
import { issuer, sdkCapability, sdkManifestArgs } from './form-scene.ts'
import { createIssuer, type Issuer } from './issuer.ts'
import { text } from './judge.ts'
import { expectSame, type Pair } from './pair.ts'
import { oursFirst, type SdkScene, type Sides, sdkFirst } from './side.ts'

/** One identity of ours with one of the SDK's. */
interface Meeting {
  readonly artefact: string
  readonly suite: 'ed25519' | 'p256'
  /** How the issuer signs. */
  readonly issuerAlgorithm: 'EdDSA' | 'ES256'
  readonly issuerUrl?: string
}

const meetings: readonly Meeting[] = [
  { artefact: 'handshake, OIDC', suite: 'ed25519', issuerAlgorithm: 'EdDSA' },
  { artefact: 'handshake, OIDC, issuer signs ES256', suite: 'ed25519', issuerAlgorithm: 'ES256' },
  {
    artefact: 'handshake, OIDC, issuer without a path',
    suite: 'ed25519',
    issuerAlgorithm: 'EdDSA',
    issuerUrl: 'https://issuer.example',
  },
  { artefact: 'handshake, OIDC, P-256 keys', suite: 'p256', issuerAlgorithm: 'ES256' },
]

export const sdkIdentityPairs: readonly Pair<SdkScene>[] = [
  ...meetings.flatMap((meeting): readonly Pair<SdkScene>[] => [
    {
      artefact: meeting.artefact,
      direction: 'ours to peer',
      async run(scene, evidence) {
        const now = clock()
        const { established, completed } = await oursFirst(
          scene,
          evidence,
          now,
          await sides(scene, meeting, now),
        )
        expectSame('grants held', established.held.claims.grants, [sdkCapability])
        expectSame('the token the SDK holds', completed.tct, established.issued.token)
        return 'four messages; each side holds the token that the other issued'
      },
    },
    {
      artefact: meeting.artefact,
      direction: 'peer to ours',
      async run(scene, evidence) {
        const now = clock()
        const { established, completed } = await sdkFirst(
          scene,
          evidence,
          now,
          await sides(scene, meeting, now),
        )
        expectSame('grants held', established.held.claims.grants, [sdkCapability])
        expectSame('the token the SDK holds', completed.tct, established.issued.token)
        return 'four messages; each side holds the token that the other issued'
      },
    },
  ]),
]

/** What the SDK's callback has to be told, beside the nonce that it brings itself. */
interface SdkWish {
  readonly issuer: string
  readonly algorithm: Meeting['issuerAlgorithm']
  readonly subject: string
  readonly audience: string
  readonly jkt: string
}

/** Answers the SDK's request for an identity token; `name` is what {@link sides} handed over. */
export function mintForSdk(name: string, nonce: string): string {
  const { issuer, algorithm, ...wish } = JSON.parse(name) as SdkWish
  return createIssuer(issuer, algorithm).mint({ ...wish, nonce })
}

async function sides(scene: SdkScene, meeting: Meeting, now: number): Promise<Sides> {
  const { suite, issuerAlgorithm, artefact, issuerUrl = issuer } = meeting
  const { judge, compat } = scene
  const authority = createIssuer(issuerUrl, issuerAlgorithm)
  const key = keyOf(suite, compat)
  const agent = `sdk ${suite}`
  const seed = seedOf(agent).toString('hex')
  const aid = aitp.parseAid(text(await judge.get('sdk.agent', { name: agent, suite, seed })))
  const sdkManifest = text(
    await judge.get(
      'sdk.manifest',
      sdkManifestArgs(agent, {
        identity_type: 'oidc',
        oidc_issuer: authority.url,
        oidc_subject: 'interop-sdk',
        trust_anchors: [authority.url],
      }),
    ),
  )
  const manifest = aitp.buildManifest(
    key,
    {
      displayName: subject,
      subject,
      issuer: authority.url,
      handshakeEndpoint: 'https://ours.example/aitp/handshake/',
      offeredCapabilities: [capability],
      acceptedIdentityTypes: ['oidc'],
      acceptedTrustAnchors: [authority.url],
      publishedAt: now,
      expiresAt: now + 7200,
    },
    { randomBytes: reproducible(`manifest ${artefact}`) },
  )
  const wish: SdkWish = {
    issuer: authority.url,
    algorithm: issuerAlgorithm,
    subject: 'interop-sdk',
    audience: key.aid,
    jkt: aitp.thumbprint(aid),
  }
  return {
    party: oidcParty(key, manifest.verified, authority, scene),
    manifest,
    agent,
    sdkManifest,
    trust: { trust_anchors: [authority.url], jwks: { [authority.url]: authority.jwks } },
    mint: JSON.stringify(wish),
    label: artefact,
  }
}

export function keyOf(suite: Meeting['suite'], compat: Compat = {}): AgentKey {
  const secret = new Uint8Array(seedOf(`ours ${suite}`))
  return suite === 'p256' ? aitp.p256AgentKey(secret, compat) : aitp.agentKey(secret)
}

export function oidcParty(
  key: AgentKey,
  manifest: HandshakeParty['manifest'],
  issuer: Issuer,
  { compat }: Pick<SdkScene, 'compat'>,
): HandshakeParty {
  return {
    key,
    manifest,
    pins: [],
    tctTtlSecs: 3600,
    issueVoucher: true,
    allowLoopbackHttp: true,
    replay: aitp.createReplayStore({ capacity: 1_000 }),
    compat,
    issuerKeys: (url) => (url === issuer.url ? issuer.jwks.map((jwk) => ({ kty: '', ...jwk })) : undefined),
    mintIdentityToken: ({ audience, nonce, jkt }) =>
      issuer.mint({ subject: manifest.body.identity_hint.subject, audience, nonce, jkt }),
  }
}
