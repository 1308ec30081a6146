import { type Aid, parseAid } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import type { Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { type DecodedToken, decodeToken } from '../decode-token.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { signatureFault } from '../signature.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import { requireShape } from '../structure.ts'
import { verifyTct } from '../tct/verify.ts'
import { AITP_VERSION } from '../version.ts'
import { bundleSigningInput } from './build.ts'
import { type BundleCheckId, bundleChecks } from './checks.ts'
import {
  type BundleParticipant,
  bundleShape,
  MOST_PARTICIPANTS,
  participantsOf,
  repeatedParticipantFault,
  type VerifiedSessionBundle,
} from './document.ts'

/** What a bundle is held against. What is left out is skipped and shown as such. */
export interface SessionBundleContext {
  /** Unix seconds. */
  readonly now: number
  /** The participant that verifies. */
  readonly selfAid: Aid
  readonly expectedCoordinator?: Aid | undefined
  /** Bounds the life of the tokens inside, when at hand. */
  readonly coordinatorManifest?: VerifiedManifest | undefined
  /** The `contentHash` of the bundle known for a session of this coordinator, `undefined` when there is none. */
  readonly knownContent?: ((coordinator: Aid, sessionId: string) => string | undefined) | undefined
  readonly isRevoked?: ((jti: string, issuer: Aid) => boolean) | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

interface Participant extends BundleParticipant {
  readonly decoded: DecodedToken | null
}

const MAX_LENGTH = 512 * 1024

/** Verifies a session trust bundle at one of its participants (RFC-AITP-0010 §5). Throws `AitpError`. */
export function verifySessionBundle(
  engine: Engine,
  text: string,
  context: SessionBundleContext,
): VerifiedSessionBundle {
  const document = parse(text)
  const body = typeof document === 'string' ? undefined : document['session_bundle']
  const claimed = isJsonObject(body) ? participantsOf(body['participants']) : []
  const count = Math.min(claimed.length, MOST_PARTICIPANTS)
  const ladder: Ladder<BundleCheckId> = new Ladder(bundleChecks(count), context.collector)
  const tree = requireBody(engine, ladder, document)
  checkValidity(ladder, tree, context.now)
  const participants = claimed.map((each) => ({ ...each, decoded: decodeToken(engine, each.tct) }))
  checkWindow(ladder, tree, participants)
  const coordinator = checkCoordinator(engine, ladder, tree, context)
  for (const [index, each] of participants.entries())
    checkParticipant(engine, ladder, index, each, coordinator, context)
  const { contentHash, sessionId } = checkMembership(engine, ladder, tree, participants, coordinator, context)
  const dropped = checkRevocations(ladder, participants, coordinator, context)
  const aids = participants.map(({ aid }) => parseAid(engine, aid))
  const activeAids: readonly Aid[] = aids.filter((aid) => !dropped.includes(aid))
  const droppedAids: readonly Aid[] = aids.filter((aid) => dropped.includes(aid))
  return {
    kind: dropped.length === 0 ? 'clear' : 'degraded',
    sessionId,
    coordinator,
    expiresAt: Number(tree['expires_at']),
    activeAids,
    droppedAids,
    contentHash,
  } as VerifiedSessionBundle
}

function parse(text: string): JsonObject | string {
  try {
    return parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (error) {
    return String(error)
  }
}

function requireBody(
  engine: Engine,
  ladder: Ladder<BundleCheckId>,
  document: JsonObject | string,
): JsonObject {
  if (typeof document === 'string')
    return ladder.refuse('bundle.wrapper', { expected: 'a strict JSON object', actual: document })
  const { session_bundle: body, ...others } = document
  const [other] = Object.keys(others)
  if (other !== undefined || !isJsonObject(body)) {
    return ladder.refuse('bundle.wrapper', {
      expected: 'the object session_bundle alone',
      actual: other === undefined ? `session_bundle: ${describe(body)}` : `member ${describe(other)}`,
    })
  }
  ladder.pass('bundle.wrapper')
  requireShape(ladder, 'bundle.body', body, bundleShape(engine), { other: repeatedParticipantFault(body) })
  return body
}

function checkValidity(ladder: Ladder<BundleCheckId>, body: JsonObject, now: number): void {
  ladder.require('bundle.version', body['version'] === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(body['version']),
  }))
  ladder.require('bundle.expires_at', now < Number(body['expires_at']), () => ({
    expected: `expires_at > now ${now}`,
    actual: describe(body['expires_at']),
  }))
  const count = participantsOf(body['participants']).length
  ladder.require('bundle.participants', count > 0, () => ({ expected: 'at least one', actual: `${count}` }))
}

/** The tokens are only decoded here; that each verifies is found further down. */
function checkWindow(
  ladder: Ladder<BundleCheckId>,
  body: JsonObject,
  participants: readonly Participant[],
): void {
  const expiries = participants.map(({ aid, decoded }) => {
    const exp = decoded?.claims['exp']
    if (typeof exp === 'number') return exp
    return ladder.refuse('bundle.window', {
      code: 'BUNDLE_PARTICIPANT_TCT_INVALID',
      expected: `a token of ${aid} with exp`,
      actual: decoded === null ? 'no token' : describe(exp),
    })
  })
  const earliest = Math.min(...expiries)
  ladder.require('bundle.window', body['expires_at'] === earliest, () => ({
    expected: `expires_at ${earliest}`,
    actual: describe(body['expires_at']),
  }))
}

function checkCoordinator(
  engine: Engine,
  ladder: Ladder<BundleCheckId>,
  body: JsonObject,
  { expectedCoordinator, compat = {} }: SessionBundleContext,
): Aid {
  const coordinator = parseAid(engine, String(body['coordinator']))
  if (expectedCoordinator === undefined) ladder.skip('bundle.coordinator', 'no coordinator was expected')
  else {
    ladder.require('bundle.coordinator', coordinator === expectedCoordinator, () => ({
      expected: expectedCoordinator,
      actual: coordinator,
    }))
  }
  const faultOf = (form: 'inner' | 'wrapped') =>
    signatureFault(
      engine,
      coordinator,
      bundleSigningInput(engine, body, form),
      String(body['signature']),
      compat,
    )
  const inner = faultOf('inner')
  const fault = inner === undefined || compat.acceptWrappedBundle !== true ? inner : faultOf('wrapped')
  ladder.require('bundle.signature', fault === undefined, () => ({
    expected: `signed by ${coordinator}`,
    actual: fault ?? (inner === undefined ? 'verifies' : 'verifies over the wrapped form'),
  }))
  return coordinator
}

/** The comparisons first: a full verification would call a foreign token badly signed. */
function checkParticipant(
  engine: Engine,
  ladder: Ladder<BundleCheckId>,
  index: number,
  { aid, tct, decoded }: Participant,
  coordinator: Aid,
  { now, coordinatorManifest }: SessionBundleContext,
): void {
  const { iss, aud, sub } = decoded?.claims ?? {}
  ladder.require(`participant.${index}.iss`, iss === coordinator, () => ({
    expected: coordinator,
    actual: describe(iss),
  }))
  ladder.require(`participant.${index}.aud`, aud === aid && sub === aid, () => ({
    expected: aid,
    actual: aud === aid ? describe(sub) : describe(aud),
  }))
  try {
    verifyTct(engine, tct, { now, expectedIssuer: coordinator, issuerManifest: coordinatorManifest })
  } catch (cause) {
    if (!(cause instanceof AitpError)) throw cause
    ladder.refuse(`participant.${index}.tct`, {
      expected: `a valid token of ${aid}`,
      actual: `${cause.code} ${cause.check ?? ''}`,
      cause,
    })
  }
  ladder.pass(`participant.${index}.tct`, () => ({ expected: `a valid token of ${aid}`, actual: 'verifies' }))
}

function checkMembership(
  engine: Engine,
  ladder: Ladder<BundleCheckId>,
  body: JsonObject,
  participants: readonly Participant[],
  coordinator: Aid,
  { selfAid, knownContent }: SessionBundleContext,
): { readonly contentHash: string; readonly sessionId: string } {
  const aids = participants.map(({ aid }) => aid)
  ladder.require('bundle.member', aids.includes(selfAid), () => ({ expected: selfAid, actual: listOf(aids) }))
  const sessionId = String(body['session_id'])
  const contentHash = encodeBase64url(engine.sha256(bundleSigningInput(engine, body)))
  const known = knownContent?.(coordinator, sessionId)
  if (known === undefined) ladder.skip('bundle.session', 'no other bundle of this session is known')
  else {
    ladder.require('bundle.session', known === contentHash, () => ({
      expected: `session ${sessionId} as it is known`,
      actual: known === contentHash ? 'the same' : 'other content',
    }))
  }
  return { contentHash, sessionId }
}

/** Others are left out; without its own token the bundle is of no use to this agent. */
function checkRevocations(
  ladder: Ladder<BundleCheckId>,
  participants: readonly Participant[],
  coordinator: Aid,
  { selfAid, isRevoked }: SessionBundleContext,
): readonly string[] {
  if (isRevoked === undefined) {
    ladder.skip('bundle.revocation', 'no revocation source was given')
    return []
  }
  const revoked = participants.filter(({ decoded }) => isRevoked(String(decoded?.claims['jti']), coordinator))
  const dropped = revoked.map(({ aid }) => aid)
  ladder.require('bundle.revocation', !dropped.includes(selfAid), () => ({
    expected: `${selfAid} not revoked`,
    actual: dropped.length === 0 ? 'nobody revoked' : `revoked: ${listOf(dropped)}`,
  }))
  return dropped
}
