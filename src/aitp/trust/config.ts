import { type Aid, isAid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import type { Pin, PinStore } from '../identity/pins.ts'
import type { RevocationFailMode, RevocationPolicy } from '../revocation/decision.ts'
import { DEFAULT_MAX_STALENESS_SECS } from '../revocation/freshness.ts'
import {
  anyBoolean,
  arrayOf,
  closedObject,
  type Fault,
  integerFrom,
  nonEmptyString,
  oneOf,
  type Rule,
  stringOf,
  uniqueStrings,
} from '../shape.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../strict-json.ts'
import { strings } from '../tct/claims.ts'
import { isUri } from '../uri.ts'

/** An OIDC issuer this agent trusts, with the keys an operator pinned for it. */
export interface TrustAnchor {
  readonly issuer: string
  /** 43 characters for Ed25519, 44 for P-256 (SEC1 compressed). At least one. */
  readonly keys: readonly string[]
}

/** How the keys of OIDC issuers are come by. */
export interface KeyResolutionPolicy {
  /** Nothing is fetched. */
  readonly offlineMode: boolean
  readonly cacheTtlSecs: number
  /** What a stale key set is worth. An unverified proof is never accepted. */
  readonly failMode: RevocationFailMode
}

/** What an operator has decided about trust; every part has its default. */
export interface TrustConfig {
  readonly trustAnchors: readonly TrustAnchor[]
  readonly pins: PinStore
  readonly keyResolution: KeyResolutionPolicy
  readonly revocation: RevocationPolicy
}

/** The file is not what its format asks for. The message names the member. */
export class TrustConfigError extends Error {
  override readonly name = 'TrustConfigError'
  readonly fault: Fault

  constructor(fault: Fault) {
    super(`${fault.member}: expected ${fault.expected}, got ${fault.actual}`)
    this.fault = fault
  }
}

const MAX_LENGTH = 256 * 1024
const MOST_ENTRIES = 10_000

const failMode = oneOf('fail_closed', 'fail_open', 'soft_fail')

function configShape(engine: Engine): Rule {
  const key = stringOf('a public key of 43 or 44 characters', (text) => keyAid(engine, text) !== undefined)
  const list = (item: Rule) => arrayOf(item, MOST_ENTRIES)
  return closedObject({
    required: {},
    optional: {
      trust_anchors: list(
        closedObject({
          required: { issuer: stringOf('a URI', isUri), keys: atLeastOne(list(key)) },
          optional: {},
        }),
      ),
      pinned_keys: list(
        closedObject({
          required: { subject: nonEmptyString, public_key: key },
          optional: {
            allowed_capabilities: uniqueStrings('without whitespace', 256, (text) => /^\S+$/u.test(text)),
          },
        }),
      ),
      key_resolution: closedObject({
        required: {},
        optional: { offline_mode: anyBoolean, cache_ttl_secs: integerFrom(0), fail_mode: failMode },
      }),
      revocation_policy: closedObject({
        required: {},
        optional: { mode: failMode, max_staleness_secs: integerFrom(0) },
      }),
    },
  })
}

/** Reads the operators' trust file (`aitp-trust-anchors`). Throws `StrictJsonError` or `TrustConfigError`. */
export function parseTrustConfig(engine: Engine, text: string): TrustConfig {
  const document = parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  const fault = configShape(engine)(document)
  if (fault !== undefined) throw new TrustConfigError(fault)
  const resolution = objectOf(document['key_resolution'])
  const revocation = objectOf(document['revocation_policy'])
  return {
    trustAnchors: objectsOf(document['trust_anchors']).map(({ issuer, keys }) => ({
      issuer: String(issuer),
      keys: strings(keys),
    })),
    pins: objectsOf(document['pinned_keys']).flatMap((entry) => readPin(engine, entry)),
    keyResolution: {
      offlineMode: resolution['offline_mode'] === true,
      cacheTtlSecs: Number(resolution['cache_ttl_secs'] ?? 3600),
      failMode: failModeOf(resolution['fail_mode']),
    },
    revocation: {
      mode: failModeOf(revocation['mode']),
      maxStalenessSecs: Number(revocation['max_staleness_secs'] ?? DEFAULT_MAX_STALENESS_SECS),
    },
  }
}

function readPin(engine: Engine, { subject, public_key, allowed_capabilities }: JsonObject): readonly Pin[] {
  const aid = keyAid(engine, String(public_key))
  if (aid === undefined) return []
  const limits =
    allowed_capabilities === undefined ? {} : { allowedCapabilities: strings(allowed_capabilities) }
  return [{ aid, subject: String(subject), ...limits }]
}

/** A key stands without its algorithm here; its length tells which it is. */
function keyAid(engine: Engine, key: string): Aid | undefined {
  const text = key.length === 44 ? `aid:pubkey:p256:${key}` : `aid:pubkey:${key}`
  return isAid(engine, text) ? text : undefined
}

function atLeastOne(rule: Rule): Rule {
  return (value) =>
    Array.isArray(value) && value.length === 0
      ? { member: '', expected: 'at least one', actual: 'none' }
      : rule(value)
}

function failModeOf(value: JsonValue | undefined): RevocationFailMode {
  return value === 'fail_open' || value === 'soft_fail' ? value : 'fail_closed'
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
