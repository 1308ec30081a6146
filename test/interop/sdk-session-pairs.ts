import { clock } from './clock.ts'
import { aitp, capability, ed25519Key, type Members, reproducible, sealByHand, seedOf } from './craft.ts'
import { sdkCapability } from './form-scene.ts'
import { text } from './judge.ts'
import { expectSame, NotExercised, type Pair } from './pair.ts'
import { offered, ourKey, ourManifest, oursInitiates, type SdkScene, thirdKey } from './side.ts'

const sessionId = '44444444-4444-4444-8444-444444444444'

/** Bundles, and downstream proof of possession. */
export const sdkSessionPairs: readonly Pair<SdkScene>[] = [
  {
    artefact: 'session bundle',
    direction: 'ours to peer',
    async run({ judge, sdkAid, compat }, evidence) {
      offered('buildSessionBundle')
      const now = clock()
      const participants = [sdkAid, thirdKey.aid].map((aid) => ({ aid, tct: tctFor(aid, now) }))
      const { text: bundle } = aitp.buildSessionBundle(ourKey, {
        sessionId,
        issuedAt: now,
        participants,
        compat,
      })
      evidence.keep('bundle', JSON.parse(bundle))
      const seen = (await judge.get('sdk.verify_bundle', {
        bundle,
        verifier: sdkAid,
        coordinator_manifest: ourManifest(now).text,
      })) as { kind: string; active_aids: string[] }
      expectSame('what it finds', [seen.kind, seen.active_aids], ['clear', [sdkAid, thirdKey.aid]])
      return 'verify_session_bundle accepts it as clear'
    },
  },
  {
    artefact: 'session bundle',
    direction: 'peer to ours',
    async run(scene, evidence) {
      offered('verifySessionBundle')
      const { judge, sdkAid, compat } = scene
      const { established } = await oursInitiates(scene, evidence, clock())
      const bundle = text(
        await judge.get('sdk.build_bundle', {
          agent: 'sdk',
          session_id: sessionId,
          participants: [{ aid: ourKey.aid, tct: established.held.token }],
        }),
      )
      evidence.keep('bundle', JSON.parse(bundle))
      const { kind, activeAids } = aitp.verifySessionBundle(bundle, {
        now: clock(),
        selfAid: ourKey.aid,
        expectedCoordinator: sdkAid,
        coordinatorManifest: established.peer,
        compat,
      })
      expectSame('what we find', [kind, activeAids], ['clear', [ourKey.aid]])
      return 'verifySessionBundle accepts it as clear'
    },
  },
  {
    artefact: 'renewal',
    direction: 'ours to peer',
    async run(scene, evidence) {
      offered('buildRenewalRequest')
      const { judge, sdkAid } = scene
      const now = clock()
      const { established } = await oursInitiates(scene, evidence, now - 5)
      const { claims, token } = established.held
      const current = aitp.verifyTct(token, { now: clock(), expectedIssuer: sdkAid })
      const request = aitp.buildRenewalRequest(ourKey, current, {
        randomBytes: reproducible(`renewal pair ${now}`),
      })
      evidence.keep('request', JSON.parse(request))
      const renewed = await judge.get('sdk.process_renewal', {
        agent: 'sdk',
        request,
        manifest_exp: established.peer.expiresAt,
        ttl_secs: 5400,
        revoked_jtis: [],
      })
      // The SDK writes an absent voucher as null into its own result; on the wire the member is left out.
      const response = Object.fromEntries(
        Object.entries(renewed as Members).filter(([, value]) => value !== null),
      )
      evidence.keep('response', response)
      const held = aitp.verifyRenewalResponse(JSON.stringify(response), {
        now: clock(),
        previous: claims,
        issuerManifest: established.peer,
      })
      expectSame('the grants', held.claims.grants, claims.grants)
      return 'process_renewal_request answers our request, verifyRenewalResponse accepts the answer'
    },
  },
  {
    artefact: 'renewal',
    direction: 'peer to ours',
    async run({ judge, sdkAid, compat }, evidence) {
      offered('processRenewalRequest')
      const now = clock()
      const tct = evidence.keep('tct', tctFor(sdkAid, now))
      const request = text(await judge.get('sdk.renewal_request', { agent: 'sdk', tct }))
      evidence.keep('request', JSON.parse(request))
      const renewed = aitp.processRenewalRequest(request, {
        key: ourKey,
        manifest: ourManifest(now).verified,
        renewals: aitp.createRenewalStore({ capacity: 10 }),
        now,
        ttlSecs: 5400,
        isRevoked: () => false,
        randomBytes: reproducible(`renewed ${now}`),
        compat,
      })
      await judge.get('sdk.verify_tct', {
        agent: 'sdk',
        tct: evidence.keep('renewed', renewed.token),
        grant: capability,
      })
      return 'processRenewalRequest answers its request, verify_tct accepts the renewed token'
    },
  },
  {
    artefact: 'downstream proof of possession',
    direction: 'ours to peer',
    async run(scene, evidence) {
      const { judge } = scene
      await requirePop(scene)
      offered('answerPopChallenge')
      const now = clock()
      const token = evidence.keep('tct', tctByPeer(now))
      const challenge = text(await judge.get('sdk.pop_challenge', { agent: 'sdk', tct: token }))
      const { tct_jti, nonce } = evidence.keep('challenge', JSON.parse(challenge)) as Members
      const sealed = seal('sdk', 'pop_challenge', { tct_jti, nonce }, now)
      const { claims } = aitp.verifyTct(token, { now })
      const verified = aitp.verifyPopChallenge(sealed, { now, claims })
      const answer = aitp.answerPopChallenge(ourKey, verified, { now, randomBytes: reproducible('pop') })
      const { payload } = evidence.keep('response', JSON.parse(answer)) as { payload: unknown }
      const holder = await judge.get('sdk.verify_pop', {
        challenge,
        response: JSON.stringify(payload),
        tct: token,
      })
      expectSame('the holder it names', holder, ourKey.aid)
      return 'verify_pop_response accepts the payload; the envelope around the challenge was made by hand'
    },
  },
  {
    artefact: 'downstream proof of possession',
    direction: 'peer to ours',
    async run(scene, evidence) {
      const { judge, sdkAid } = scene
      await requirePop(scene)
      offered('issuePopChallenge')
      const now = clock()
      const token = evidence.keep('tct', tctFor(sdkAid, now))
      const { claims } = aitp.verifyTct(token, { now })
      const challenges = aitp.createChallengeStore({ capacity: 10 })
      const randomBytes = reproducible('pop challenge')
      const challenge = aitp.issuePopChallenge(ourKey, { claims, challenges, now, randomBytes })
      const { payload } = evidence.keep('challenge', JSON.parse(challenge)) as { payload: unknown }
      const response = text(
        await judge.get('sdk.pop_response', { agent: 'sdk', challenge: JSON.stringify(payload) }),
      )
      const sealed = seal('sdk', 'pop_response', JSON.parse(response) as Members, now)
      evidence.keep('response', JSON.parse(sealed))
      expectSame('the holder', aitp.verifyPopResponse(sealed, { now, claims, challenges }), sdkAid)
      return 'verifyPopResponse accepts the payload; the envelope around it was made by hand'
    },
  },
]

/** The payloads of proof of possession are the same on both wires, their envelopes are not. */
async function requirePop({ judge }: SdkScene): Promise<void> {
  const about = (await judge.get('sdk.about')) as { functions: string[] }
  if (!about.functions.includes('verify_pop_response'))
    throw new NotExercised('this release has no downstream proof of possession')
}

function seal(agent: string, message_type: string, payload: Members, now: number): string {
  const key = ed25519Key(seedOf(agent))
  const envelope = {
    version: 'aitp/0.2',
    message_type,
    message_id: aitp.newUuid(reproducible(`${message_type} by hand ${now}`)),
    timestamp: now,
    sender: { agent_id: key.aid },
    payload,
  }
  return sealByHand(key, envelope, 'aitp/0.2')
}

function tctFor(subject: SdkScene['sdkAid'], now: number): string {
  return aitp.issueTct(ourKey, {
    subject,
    grants: [capability],
    now,
    ttlSecs: 3600,
    notAfter: now + 7200,
    jti: aitp.newUuid(reproducible(`tct for ${subject}`)),
  }).token
}

/** A token of the SDK's agent for us in our wire, minted with its seed. */
function tctByPeer(now: number): string {
  return aitp.issueTct(aitp.agentKey(new Uint8Array(seedOf('sdk'))), {
    subject: ourKey.aid,
    grants: [sdkCapability],
    now,
    ttlSecs: 3600,
    notAfter: now + 7200,
    jti: aitp.newUuid(reproducible('tct by the peer')),
  }).token
}
