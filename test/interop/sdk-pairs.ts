import { AITP_VERSION } from '../../src/aitp/index.ts'
import { clock } from './clock.ts'
import { aitp, capability, reproducible } from './craft.ts'
import { sdkCapability } from './form-scene.ts'
import { text } from './judge.ts'
import { expectSame, type Pair } from './pair.ts'
import { ourKey, ourManifest, ourParty, oursInitiates, type SdkScene, sdkInitiates } from './side.ts'

export const sdkPairs: readonly Pair<SdkScene>[] = [
  {
    artefact: 'manifest',
    direction: 'ours to peer',
    async run({ judge }, evidence) {
      const { text: manifest } = ourManifest(clock())
      evidence.keep('manifest', JSON.parse(manifest))
      await judge.get('sdk.verify_manifest', { manifest })
      return 'verify_manifest_json accepts it'
    },
  },
  {
    artefact: 'manifest',
    direction: 'peer to ours',
    async run({ sdkManifest, sdkAid }, evidence) {
      evidence.keep('manifest', JSON.parse(sdkManifest))
      const { aid } = aitp.verifyManifest(sdkManifest, { now: clock(), expectedAid: sdkAid })
      return `verifyManifest accepts it, ${aid}`
    },
  },
  {
    artefact: 'pinned-key hello',
    direction: 'ours to peer',
    async run(scene, evidence) {
      const now = clock()
      const { judge, sdkManifest } = scene
      const start = aitp.startHandshake(
        ourParty(scene, ourManifest(now).verified),
        aitp.verifyManifest(sdkManifest, { now }),
        [sdkCapability],
        { now, randomBytes: reproducible('hello alone') },
      )
      evidence.keep('hello', JSON.parse(start.message))
      await judge.get('sdk.responder', { agent: 'sdk', name: 'hello alone', pinned_keys: [ourKey.aid] })
      await judge.get('sdk.process_hello', { session: 'hello alone', hello: start.message })
      return 'process_hello answers it'
    },
  },
  {
    artefact: 'pinned-key hello',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const now = clock()
      const { judge, sdkAid } = scene
      await judge.get('sdk.initiator', { agent: 'sdk', name: 'hello alone', pinned_keys: [ourKey.aid] })
      const manifest = ourManifest(now)
      const hello = text(
        await judge.get('sdk.build_hello', {
          session: 'hello alone',
          manifest: manifest.text,
          grants: [capability],
        }),
      )
      evidence.keep('hello', JSON.parse(hello))
      const { peer } = aitp.receiveHello(ourParty(scene, manifest.verified), hello, {
        now,
        randomBytes: reproducible('hello alone'),
        expectedPeers: [sdkAid],
      })
      expectSame('the peer', peer.aid, sdkAid)
      return 'receiveHello answers it'
    },
  },
  {
    artefact: 'handshake, pinned keys',
    direction: 'ours to peer',
    async run(scene, evidence) {
      const { established, completed } = await oursInitiates(scene, evidence, clock())
      expectSame('grants held', established.held.claims.grants, [sdkCapability])
      expectSame('the token the SDK holds', completed.tct, established.issued.token)
      return 'four messages; each side holds the token that the other issued'
    },
  },
  {
    artefact: 'handshake, pinned keys',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { established, completed } = await sdkInitiates(scene, evidence, clock())
      expectSame('grants held', established.held.claims.grants, [sdkCapability])
      expectSame('the token the SDK holds', completed.tct, established.issued.token)
      return 'four messages; each side holds the token that the other issued'
    },
  },
  {
    artefact: 'TCT',
    direction: 'ours to peer',
    async run({ judge, sdkAid }, evidence) {
      const now = clock()
      const tct = evidence.keep(
        'tct',
        aitp.issueTct(ourKey, {
          subject: sdkAid,
          grants: [capability],
          now,
          ttlSecs: 3600,
          notAfter: now + 7200,
          jti: aitp.newUuid(reproducible('tct')),
          issueVoucher: true,
        }).token,
      )
      const seen = (await judge.get('sdk.verify_tct', { agent: 'sdk', tct, grant: capability })) as {
        peer_aid: string
      }
      expectSame('the issuer it names', seen.peer_aid, ourKey.aid)
      return 'verify_tct accepts it'
    },
  },
  {
    artefact: 'TCT',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { completed, established } = await mintedBySdk(scene, evidence)
      const { claims } = aitp.verifyTct(evidence.keep('tct', completed), {
        now: clock(),
        expectedIssuer: scene.sdkAid,
        expectedAudience: ourKey.aid,
        issuerManifest: established.peer,
        requiredGrant: sdkCapability,
      })
      return `verifyTct accepts it, ${claims.jti}`
    },
  },
  {
    artefact: 'grant voucher',
    direction: 'ours to peer',
    async run({ judge, sdkAid, wire }, evidence) {
      const now = clock()
      const { voucher } = aitp.issueTct(ourKey, {
        subject: sdkAid,
        grants: [capability],
        now,
        ttlSecs: 3600,
        notAfter: now + 7200,
        jti: aitp.newUuid(reproducible('voucher')),
        issueVoucher: true,
      })
      evidence.keep('voucher', voucher)
      const delegatee = aitp.agentKey(reproducible('delegatee')(32)).aid
      await judge.get('sdk.build_delegation', { agent: 'sdk', voucher, delegatee, scope: [capability] })
      return `build_delegation builds on it${wire === AITP_VERSION ? '' : ', as it does not look at the version'}`
    },
  },
  {
    artefact: 'grant voucher',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { established } = await mintedBySdk(scene, evidence)
      const { voucher, claims } = established.held
      if (voucher === null) throw new Error('the SDK issued no voucher')
      aitp.verifyVoucher(evidence.keep('voucher', voucher), {
        now: clock(),
        expectedIssuer: scene.sdkAid,
        expectedHolder: ourKey.aid,
        tct: claims,
      })
      return 'verifyVoucher accepts it as the mirror of its TCT'
    },
  },
]

async function mintedBySdk(scene: SdkScene, evidence: Parameters<typeof oursInitiates>[1]) {
  const { established } = await oursInitiates(scene, evidence, clock())
  return { established, completed: established.held.token }
}
