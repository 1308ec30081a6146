import { type Aid, aidIdentifier, isSameKey, parseAid } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import type { Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { describe } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'
import { check, Ladder } from '../ladder.ts'
import { signatureFault } from '../signature.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import { requireShape } from '../structure.ts'
import { AITP_VERSION } from '../version.ts'
import { lifetimeFault, type ManifestBody, manifestShape, type VerifiedManifest } from './document.ts'

/** Possession before signature: RFC-AITP-0003 §5 makes it the first cryptographic check. */
// biome-ignore format: a table, one row a check.
export const manifestBodyChecks = [
  check('manifest.version', 'Protocol version is known', 'RFC-AITP-0003 §5', 'MANIFEST_VERSION_UNKNOWN'),
  check('manifest.body', 'Body is complete and well-formed', 'RFC-AITP-0003 §5', 'MANIFEST_INVALID'),
  check('manifest.published_at', 'Manifest was not published in the future', 'RFC-AITP-0003', 'MANIFEST_INVALID'),
  check('manifest.expires_at', 'Manifest has not expired', 'RFC-AITP-0003 §5', 'MANIFEST_EXPIRED'),
  check('manifest.pop', 'Proof of possession verifies under the key in the AID', 'RFC-AITP-0003 §5', 'MANIFEST_POP_FAILED'),
  check('manifest.signature', 'Signature verifies under the key in the AID', 'RFC-AITP-0003 §6.1', 'MANIFEST_SIGNATURE_INVALID'),
  check('manifest.identity_hint', 'Pinned key of the identity hint is the key in the AID', 'RFC-AITP-0003 §3.1', 'IDENTITY_FAILED'),
] as const

/** The ladder of a manifest as served (RFC-AITP-0003). */
// biome-ignore format: a table, one row a check.
export const manifestChecks = [
  check('manifest.wrapper', 'Document is an object with the single member manifest', 'RFC-AITP-0003', 'MANIFEST_INVALID'),
  ...manifestBodyChecks,
  check('manifest.expected_aid', 'AID is the one pinned for this peer', 'RFC-AITP-0002 §3.2', 'IDENTITY_FAILED'),
] as const

export type ManifestBodyCheckId = (typeof manifestBodyChecks)[number]['id']
type ManifestCheckId = (typeof manifestChecks)[number]['id']

export interface ManifestTerms {
  readonly now: number
  /** Accepts `http:` endpoints whose host is loopback. */
  readonly allowLoopbackHttp?: boolean | undefined
  readonly compat?: Compat | undefined
}

/** What a manifest is held against. */
export interface VerifyManifestOptions extends ManifestTerms {
  /** The AID pinned for this peer. */
  readonly expectedAid?: Aid | undefined
  readonly collector?: Collector | undefined
}

const MAX_LENGTH = 256 * 1024
const MAX_CLOCK_SKEW_SECS = 300

/** Verifies a manifest as served, over the characters received. */
export function verifyManifest(
  engine: Engine,
  text: string,
  options: VerifyManifestOptions,
): VerifiedManifest {
  const ladder: Ladder<ManifestCheckId> = new Ladder(manifestChecks, options.collector)
  const verified = checkManifestBody(engine, ladder, requireWrapper(ladder, text), options)
  const { expectedAid } = options
  if (expectedAid === undefined) ladder.skip('manifest.expected_aid', 'no AID is pinned for this peer')
  else {
    ladder.require('manifest.expected_aid', isSameKey(verified.aid, expectedAid), () => ({
      expected: expectedAid,
      actual: verified.aid,
      message: `manifest shows ${verified.aid}, pinned for this peer is ${expectedAid}`,
    }))
  }
  return verified
}

/** The checks of a body that has been parsed strictly; a hello carries it without the wrapper. */
export function checkManifestBody(
  engine: Engine,
  ladder: Ladder<ManifestBodyCheckId>,
  tree: JsonObject,
  { now, allowLoopbackHttp = false, compat }: ManifestTerms,
): VerifiedManifest {
  checkVersion(ladder, tree)
  requireShape(ladder, 'manifest.body', tree, manifestShape(engine, allowLoopbackHttp), {
    other: lifetimeFault(tree),
  })
  // The shape just required is what makes this true.
  const body = tree as unknown as ManifestBody
  const aid = parseAid(engine, body.aid)
  checkTimes(ladder, body, now)
  checkPossession(engine, ladder, aid, body, compat)
  const signature = signatureFault(engine, aid, signingInput(engine, tree), body.signature, compat)
  ladder.require('manifest.signature', signature === undefined, () => ({
    expected: `signed by ${aid}`,
    actual: signature ?? 'verifies',
  }))
  checkHint(ladder, aid, body)
  return Object.freeze({
    aid,
    body,
    publishedAt: body.published_at,
    expiresAt: body.expires_at,
  }) as VerifiedManifest
}

/** The canonical body without its signature; members this implementation does not know stay in. */
export function signingInput(engine: Engine, tree: object): Uint8Array {
  const { signature: _, ...signed } = tree as { readonly signature?: unknown }
  return engine.utf8Encode(canonicalize(signed))
}

function requireWrapper(ladder: Ladder<ManifestCheckId>, text: string): JsonObject {
  let document: JsonObject
  try {
    document = parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (cause) {
    return ladder.refuse('manifest.wrapper', {
      expected: 'a strict JSON object',
      actual: String(cause),
      cause,
    })
  }
  const { manifest, ...others } = document
  const [other] = Object.keys(others)
  if (other !== undefined || !isJsonObject(manifest)) {
    return ladder.refuse('manifest.wrapper', {
      expected: 'the object manifest alone',
      actual: other === undefined ? `manifest: ${describe(manifest)}` : `member ${describe(other)}`,
    })
  }
  ladder.pass('manifest.wrapper')
  return manifest
}

function checkVersion(ladder: Ladder<ManifestBodyCheckId>, { version }: JsonObject): void {
  if (typeof version !== 'string') {
    ladder.refuse('manifest.version', {
      code: 'MANIFEST_INVALID',
      expected: 'a string',
      actual: describe(version),
    })
  }
  ladder.require('manifest.version', version === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(version),
  }))
}

function checkTimes(ladder: Ladder<ManifestBodyCheckId>, body: ManifestBody, now: number): void {
  ladder.require('manifest.published_at', body.published_at <= now + MAX_CLOCK_SKEW_SECS, () => ({
    expected: `published_at <= now ${now} + ${MAX_CLOCK_SKEW_SECS}`,
    actual: String(body.published_at),
  }))
  ladder.require('manifest.expires_at', now < body.expires_at, () => ({
    expected: `expires_at > now ${now}`,
    actual: String(body.expires_at),
  }))
}

/** Over the 16 decoded bytes of the challenge, never over its text. */
function checkPossession(
  engine: Engine,
  ladder: Ladder<ManifestBodyCheckId>,
  aid: Aid,
  body: ManifestBody,
  compat: Compat | undefined,
): void {
  const { challenge, signature } = body.proof_of_possession
  const bytes = decodeBase64url(challenge)
  const fault =
    bytes === undefined ? 'challenge is not base64url' : signatureFault(engine, aid, bytes, signature, compat)
  ladder.require('manifest.pop', fault === undefined, () => ({
    expected: `signed by ${aid}`,
    actual: fault ?? 'verifies',
  }))
}

function checkHint(
  ladder: Ladder<ManifestBodyCheckId>,
  aid: Aid,
  { identity_hint: hint }: ManifestBody,
): void {
  if (hint.type !== 'pinned_key') {
    ladder.skip('manifest.identity_hint', `the hint is of type ${hint.type}`)
    return
  }
  const expected = aidIdentifier(aid)
  ladder.require('manifest.identity_hint', hint.public_key === expected, () => ({
    expected,
    actual: hint.public_key ?? 'absent',
  }))
}
