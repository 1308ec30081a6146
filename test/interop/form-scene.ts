import {
  aitp,
  capability,
  type HelloOptions,
  helloText,
  jcs,
  type Members,
  manifestText,
  mintToken,
  type RawKey,
  signMember,
  type TimestampForm,
  type Wire,
} from './craft.ts'
import { type Answer, type Judge, text } from './judge.ts'

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

/** What a probe finds; id and topic come from the table. */
export type Found = Omit<FormRow, 'id' | 'topic'>

export type Probe = (scene: Scene) => Promise<Found>

export interface Scene {
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

export const sdkCapability = 'sdk.demo.v1'

export const issuer = 'https://issuer.example/tenant'

export function verdict(answer: Answer): string {
  if (answer.ok) return 'accepted'
  if (answer.code === 'ABSENT') return 'absent'
  return `refused: ${answer.code ?? answer.message.replace(/\s+/g, ' ').slice(0, 160)}`
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

let sessionCount = 0

export async function responder(scene: Scene, more: Members = {}): Promise<string> {
  sessionCount += 1
  const name = `responder ${sessionCount}`
  await scene.judge.get('sdk.responder', { agent: 'sdk', name, pinned_keys: [scene.ours.aid], ...more })
  return name
}

export async function sayHello(scene: Scene, hello: string, more: Members = {}): Promise<Answer> {
  return scene.judge.ask('sdk.process_hello', { session: await responder(scene, more), hello })
}

export function helloFrom({ ours, sdk, wire, now, form }: Scene, change: Partial<HelloOptions> = {}): string {
  return helloText(ours, { wire, now, receiver: sdk.aid, form, ...change })
}

export async function sdkHello(scene: Scene): Promise<Members> {
  const name = `initiator ${++sessionCount}`
  const { judge, ours, wire, now } = scene
  await judge.get('sdk.initiator', { agent: 'sdk', name, pinned_keys: [ours.aid] })
  const manifest = manifestText(ours, { wire, now })
  return JSON.parse(
    text(await judge.get('sdk.build_hello', { session: name, manifest, grants: [capability] })),
  )
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

export function bundleOf({ ours, sdk, wire, now }: Scene, form: BodyForm | 'sibling', change: Members = {}) {
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
