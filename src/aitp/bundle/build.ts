import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { canonicalize } from '../jcs.ts'
import { signDigest } from '../signature.ts'
import { verifyTct } from '../tct/verify.ts'
import { isUuid } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import type { SessionBundleBody, SessionBundleDocument } from './document.ts'

/** What goes into a session bundle. */
export interface BuildSessionBundleOptions {
  /** A version 4 UUID, never used for other participants. */
  readonly sessionId: string
  /** Unix seconds; every token must be valid then. */
  readonly issuedAt: number
  /** At least one, each an agent with the token this agent issued to it. */
  readonly participants: readonly { readonly aid: Aid; readonly tct: string }[]
  readonly isRevoked?: ((jti: string) => boolean) | undefined
  readonly compat?: Compat
}

/** A session bundle, signed. */
export interface BuiltSessionBundle {
  /** As it is served. */
  readonly text: string
  readonly document: SessionBundleDocument
}

/** Builds and signs a session trust bundle (RFC-AITP-0010 §3). It ends with the first token in it. */
export function buildSessionBundle(
  engine: Engine,
  key: AgentKey,
  { sessionId, issuedAt, participants, isRevoked, compat = {} }: BuildSessionBundleOptions,
): BuiltSessionBundle {
  if (!isUuid(sessionId)) throw new TypeError(`session id ${sessionId} is no version 4 UUID in lowercase`)
  if (participants.length === 0)
    throw new AitpError('BUNDLE_EMPTY_PARTICIPANTS', 'a session bundle needs a participant')
  if (new Set(participants.map(({ aid }) => aid)).size !== participants.length)
    throw new TypeError('each agent is a participant once')
  const expiries = participants.map(({ aid, tct }) => {
    const context = { now: issuedAt, expectedIssuer: key.aid, expectedAudience: aid, isRevoked }
    return verifyTct(engine, tct, context).claims.exp
  })
  const signed: Omit<SessionBundleBody, 'signature'> = {
    version: AITP_VERSION,
    session_id: sessionId,
    coordinator: key.aid,
    issued_at: issuedAt,
    expires_at: Math.min(...expiries),
    participants: participants.map(({ aid, tct }) => ({ aid, tct })),
  }
  const form = compat.emitWrappedBundle === true ? 'wrapped' : 'inner'
  const signature = signDigest(engine, key, bundleSigningInput(engine, signed, form))
  const document = { session_bundle: { ...signed, signature } }
  return { text: canonicalize(document), document }
}

/** The canonical body without its signature; `wrapped`: with the member name around it, as aitp-rs 0.4 signs it. */
export function bundleSigningInput(
  engine: Engine,
  body: object,
  form: 'inner' | 'wrapped' = 'inner',
): Uint8Array {
  const { signature: _, ...signed } = body as { readonly signature?: unknown }
  return engine.utf8Encode(canonicalize(form === 'inner' ? signed : { session_bundle: signed }))
}
