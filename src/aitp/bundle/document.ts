import type { Aid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import {
  aid,
  anyObject,
  anyString,
  arrayOf,
  closedObject,
  type Fault,
  integerFrom,
  opaque,
  type Shape,
  uuid,
} from '../shape.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'

/** A member of a session, and the TCT the coordinator issued to it. */
export interface BundleParticipant {
  readonly aid: string
  readonly tct: string
}

/** Who takes part in a session, as its coordinator attests it (RFC-AITP-0010 §3). */
export interface SessionBundleBody {
  readonly version: string
  readonly session_id: string
  readonly coordinator: string
  readonly issued_at: number
  /** The earliest `exp` of the tokens inside. */
  readonly expires_at: number
  readonly participants: readonly BundleParticipant[]
  readonly extensions?: JsonObject
  readonly signature: string
}

/** The form in which a bundle is served: the signature is a member of the signed body. */
export interface SessionBundleDocument {
  readonly session_bundle: SessionBundleBody
}

declare const verifiedBundleBrand: unique symbol

/** A bundle that passed every check for which the context gave an input. Made by the verifier only. */
export interface VerifiedSessionBundle {
  /** `degraded`: some participants are revoked and left out. */
  readonly kind: 'clear' | 'degraded'
  readonly sessionId: string
  readonly coordinator: Aid
  /** Unix seconds. */
  readonly expiresAt: number
  readonly activeAids: readonly Aid[]
  readonly droppedAids: readonly Aid[]
  /** The digest of the signed content, 43 characters: the same session never has two. */
  readonly contentHash: string
  readonly [verifiedBundleBrand]: true
}

export const MOST_PARTICIPANTS = 1024

export function bundleShape(engine: Engine): Shape {
  const participant = closedObject({ required: { aid: aid(engine), tct: opaque }, optional: {} })
  return {
    required: {
      version: anyString,
      session_id: uuid,
      coordinator: aid(engine),
      issued_at: integerFrom(0),
      expires_at: integerFrom(1),
      participants: arrayOf(participant, MOST_PARTICIPANTS),
      signature: opaque,
    },
    optional: { extensions: anyObject },
  }
}

export function repeatedParticipantFault({ participants }: JsonObject): Fault | undefined {
  const seen = new Set<string>()
  const repeated = participantsOf(participants).find(
    ({ aid: each }) => seen.size === seen.add(each).size,
  )?.aid
  return repeated === undefined
    ? undefined
    : { member: 'participants', expected: 'different agents', actual: `${repeated} twice` }
}

/** The participants of a body, as far as it has any; what is no text is empty here and refused by the shape. */
export function participantsOf(participants: JsonObject[string] | undefined): readonly BundleParticipant[] {
  if (!Array.isArray(participants)) return []
  return participants
    .filter(isJsonObject)
    .map((each) => ({ aid: textOf(each['aid']), tct: textOf(each['tct']) }))
}

function textOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}
