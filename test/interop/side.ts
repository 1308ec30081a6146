import type {
  AgentKey,
  Aid,
  Compat,
  Established,
  HandshakeParty,
  VerifiedManifest,
} from '../../src/aitp/index.ts'
import { aitp, capability, reproducible, seedOf, subject } from './craft.ts'
import { sdkCapability, sdkManifestArgs } from './form-scene.ts'
import { type Judge, text } from './judge.ts'
import { type Evidence, NotExercised } from './pair.ts'

/** Both sides of one meeting: this library in its own words, and a release of the SDK behind the judge. */
export interface SdkScene {
  readonly peer: string
  readonly wire: string
  readonly judge: Judge
  readonly key: AgentKey
  readonly sdkAid: Aid
  readonly sdkManifest: string
  /** What the release needs of the older forms; everything else is the default. */
  readonly compat: Compat
}

export const ourKey = aitp.agentKey(new Uint8Array(seedOf('ours')))
/** A delegatee of ours. */
export const thirdKey = aitp.agentKey(new Uint8Array(seedOf('third')))

/** Throws when this library has no such function, so that the pair says so instead of breaking. */
export function offered(name: string): void {
  if (!(name in aitp)) throw new NotExercised(`this library has no ${name}`)
}

export function ourManifest(now: number): { readonly text: string; readonly verified: VerifiedManifest } {
  return aitp.buildManifest(
    ourKey,
    {
      displayName: subject,
      subject,
      handshakeEndpoint: 'https://ours.example/aitp/handshake/',
      offeredCapabilities: [capability],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 7200,
    },
    { randomBytes: reproducible('manifest') },
  )
}

export function ourParty(
  { sdkAid, compat }: Pick<SdkScene, 'sdkAid' | 'compat'>,
  manifest: VerifiedManifest,
): HandshakeParty {
  return {
    key: ourKey,
    manifest,
    pins: [{ aid: sdkAid }],
    tctTtlSecs: 3600,
    issueVoucher: true,
    allowLoopbackHttp: false,
    replay: aitp.createReplayStore({ capacity: 1_000 }),
    compat,
  }
}

/** What an SDK session ends with. */
export interface SdkCompleted {
  readonly tct: string
  readonly grant_voucher: string | null
}

export interface Shaken {
  readonly established: Established
  readonly completed: SdkCompleted
  readonly ourManifest: { readonly text: string; readonly verified: VerifiedManifest }
}

let sessions = 0

/** Who meets whom: the party on our side, and how the SDK's session is set up. */
export interface Sides {
  readonly party: HandshakeParty
  readonly manifest: { readonly text: string; readonly verified: VerifiedManifest }
  /** Name of the SDK's agent at the judge, and the manifest it built. */
  readonly agent: string
  readonly sdkManifest: string
  /** What a session of the SDK is told to trust. */
  readonly trust: Readonly<Record<string, unknown>>
  /** What the issuer of the SDK's agent is told when it is asked for a token; `null` for a pinned key. */
  readonly mint: string | null
  /** Of random bytes. */
  readonly label: string
}

function pinnedSides(scene: SdkScene, now: number, label: string): Sides {
  const manifest = ourManifest(now)
  return {
    party: ourParty(scene, manifest.verified),
    manifest,
    agent: 'sdk',
    sdkManifest: scene.sdkManifest,
    trust: { pinned_keys: [ourKey.aid] },
    mint: null,
    label,
  }
}

export function oursInitiates(scene: SdkScene, evidence: Evidence, now: number): Promise<Shaken> {
  return oursFirst(scene, evidence, now, pinnedSides(scene, now, 'ours initiates'))
}

export function sdkInitiates(scene: SdkScene, evidence: Evidence, now: number): Promise<Shaken> {
  return sdkFirst(scene, evidence, now, pinnedSides(scene, now, 'sdk initiates'))
}

/** Four messages as text, this library first. */
export async function oursFirst(
  { judge }: Pick<SdkScene, 'judge'>,
  evidence: Evidence,
  now: number,
  { party, manifest, agent, sdkManifest, trust, mint, label }: Sides,
): Promise<Shaken> {
  const step = { now, randomBytes: reproducible(label) }
  evidence.keep('now', now)
  evidence.keep('our_manifest', JSON.parse(manifest.text))
  evidence.keep('sdk_manifest', JSON.parse(sdkManifest))
  const peer = aitp.verifyManifest(sdkManifest, { now, ...compatOption(party) })
  const start = aitp.startHandshake(party, peer, [sdkCapability], step)
  evidence.keep('hello', JSON.parse(start.message))
  const session = `responder to ours ${++sessions}`
  await judge.get('sdk.responder', { agent, name: session, ...trust })
  const answered = await judge.get('sdk.process_hello', { session, hello: start.message, mint })
  evidence.keep('hello_ack', JSON.parse(text(answered, 'ack')))
  const commit = start.state.onHelloAck(text(answered, 'ack'), step)
  evidence.keep('commit', JSON.parse(commit.message))
  const done = (await judge.get('sdk.process_commit', { session, commit: commit.message })) as {
    ack: string
    completed: SdkCompleted
  }
  evidence.keep('commit_ack', JSON.parse(done.ack))
  const established = commit.state.onCommitAck(done.ack, step)
  return { established, completed: done.completed, ourManifest: manifest }
}

/** Four messages as text, the SDK first. */
export async function sdkFirst(
  { judge }: Pick<SdkScene, 'judge'>,
  evidence: Evidence,
  now: number,
  { party, manifest, agent, sdkManifest, trust, mint, label }: Sides,
): Promise<Shaken> {
  const step = { now, randomBytes: reproducible(label) }
  evidence.keep('now', now)
  evidence.keep('our_manifest', JSON.parse(manifest.text))
  evidence.keep('sdk_manifest', JSON.parse(sdkManifest))
  const session = `initiator to ours ${++sessions}`
  await judge.get('sdk.initiator', { agent, name: session, ...trust })
  const hello = text(
    await judge.get('sdk.build_hello', { session, manifest: manifest.text, grants: [capability], mint }),
  )
  evidence.keep('hello', JSON.parse(hello))
  const received = aitp.receiveHello(party, hello, { ...step, requestedGrants: [sdkCapability] })
  evidence.keep('hello_ack', JSON.parse(received.message))
  const session_id = aitp.newUuid(step.randomBytes)
  const ack = { session, ack: received.message, session_id }
  const commit = text(await judge.get('sdk.process_hello_ack', ack))
  evidence.keep('commit', JSON.parse(commit))
  const { established, message } = received.state.onCommit(commit, step)
  evidence.keep('commit_ack', JSON.parse(message))
  const completed = (await judge.get('sdk.complete', { session, ack: message })) as SdkCompleted
  return { established, completed, ourManifest: manifest }
}

function compatOption({ compat }: HandshakeParty): { readonly compat?: Compat } {
  return compat === undefined ? {} : { compat }
}

/** An agent of the release with a manifest, ready to be met. */
export async function prepareSdk(judge: Judge): Promise<Pick<SdkScene, 'sdkAid' | 'sdkManifest' | 'key'>> {
  const seed = seedOf('sdk').toString('hex')
  const sdkAid = aitp.parseAid(text(await judge.get('sdk.agent', { name: 'sdk', seed })))
  const sdkManifest = text(await judge.get('sdk.manifest', sdkManifestArgs('sdk')))
  return { sdkAid, sdkManifest, key: ourKey }
}
