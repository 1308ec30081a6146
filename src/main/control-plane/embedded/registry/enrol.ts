import { AitpError, type VerifiedManifest } from '../../../../aitp/index.ts'
import { inTransaction } from '../../../store/database.ts'
import type { Context } from '../context.ts'
import type { Ingest } from '../events/ingest.ts'
import { isObject, text } from '../events/normalise.ts'
import { ownEvent } from '../events/own-event.ts'
import { parseJson } from '../http/body.ts'
import { type Answer, json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { Refusal } from '../refusal.ts'
import type { AgentStore } from './agent-store.ts'
import { type EnrolmentTokens, enrolmentLifeSecs } from './enrolment-token.ts'

/** A manifest that ends sooner is not worth listing. */
const leastLifeSecs = 300
/** One that says it ends later is listed until then, and may register again. */
const longestListingMs = 30 * 24 * 3_600_000
const largestManifest = 256 * 1024
const longestCapability = 256
const longestNamespace = 128

/**
 * How an agent gets listed: its signed manifest for a token, and the token with the manifest for an entry
 * (control-plane.md §7). The manifest is verified both times, and the token is used up last (D-15).
 */
export function enrolmentRoutes(
  context: Context,
  agents: AgentStore,
  tokens: EnrolmentTokens,
  ingest: Ingest,
): Route[] {
  const { database, audit, now } = context
  const burn = database.prepare('INSERT INTO enrollment_jtis VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const seconds = () => Math.floor(now() / 1000)

  function register(question: Question): Answer {
    const manifest = manifestOf(parseJson(question.text))
    const aid = text(manifest, 'aid')
    if (aid === null) throw new Refusal('BODY_INVALID', 'manifest.aid is missing.')
    const token = (question.headers.authorization ?? '').replace(/^Bearer\s+/i, '')
    const claims = tokens.verify(token, aid, seconds())
    const { displayName, expiresAt, body } = verifiedManifest(context, question.text)
    const namespace = namespaceOf(question, manifest)
    const at = now()
    inTransaction(database, () => {
      if (burn.run(claims.jti, claims.exp * 1000, at).changes === 0) {
        throw new Refusal('TOKEN_REPLAYED', 'The enrolment token was used before.')
      }
      agents.upsert(
        {
          aid,
          displayName,
          handshakeEndpoint: body.handshake_endpoint,
          offeredCaps: body.offered_capabilities,
          manifestJson: question.text,
          manifestExpiresAt: Math.min(expiresAt * 1000, at + longestListingMs),
          namespace,
        },
        at,
      )
    })
    ingest([ownEvent('agent.registered', { displayName, namespace }, { now: at, aidA: aid })])
    audit.record('agent.register', question, aid, { displayName, namespace })
    return json({ aid, displayName, registeredAt: iso(at) }, 201)
  }

  return [
    {
      method: 'POST',
      path: '/api/registry/enroll',
      access: 'public',
      isEnrolment: true,
      bodyLimit: largestManifest,
      answer: ({ text: body }) => {
        if (manifestOf(parseJson(body)) === null) {
          throw new Refusal('MANIFEST_INVALID', 'The body is {"manifest": {…}}.')
        }
        const { aid } = verifiedManifest(context, body)
        const { token, claims } = tokens.issue(aid, seconds())
        // `jti` and `exp` are what the ecosystem's web console reads (D-19).
        return json({ token, expiresIn: enrolmentLifeSecs, aid, jti: claims.jti, exp: claims.exp })
      },
    },
    {
      method: 'POST',
      path: '/api/registry/agents',
      access: 'public',
      idempotency: 'agents.register',
      bodyLimit: largestManifest,
      answer: register,
    },
  ]
}

interface Listed {
  readonly aid: string
  readonly displayName: string
  /** Unix seconds. */
  readonly expiresAt: number
  readonly body: VerifiedManifest['body']
}

/** Throws `MANIFEST_INVALID`, or `MANIFEST_EXPIRED` for one that ends too soon. */
function verifiedManifest({ aitp, now }: Context, envelope: string): Listed {
  const at = Math.floor(now() / 1000)
  let manifest: VerifiedManifest
  try {
    manifest = aitp.verifyManifest(envelope, { now: at, allowLoopbackHttp: true })
  } catch (cause) {
    if (!(cause instanceof AitpError)) throw cause
    throw new Refusal('MANIFEST_INVALID', `The manifest does not verify: ${cause.message}`, { cause })
  }
  const { body, aid } = manifest
  if (body.expires_at < at + leastLifeSecs) {
    throw new Refusal('MANIFEST_EXPIRED', `The manifest must be good for ${leastLifeSecs} s at least.`)
  }
  if (body.offered_capabilities.some(({ length }) => length > longestCapability)) {
    throw new Refusal('MANIFEST_INVALID', `A capability has at most ${longestCapability} characters.`)
  }
  return { aid, displayName: body.display_name || aid, expiresAt: body.expires_at, body }
}

function manifestOf(body: unknown): Readonly<Record<string, unknown>> | null {
  const manifest = isObject(body) ? body['manifest'] : undefined
  return isObject(manifest) ? manifest : null
}

/** The header, else the manifest's extension, else `default`. Throws `BODY_INVALID`. */
function namespaceOf({ headers }: Question, manifest: Readonly<Record<string, unknown>> | null): string {
  const extensions = manifest?.['extensions']
  const extension = isObject(extensions) ? extensions['namespace'] : undefined
  if (extension !== undefined && typeof extension !== 'string') {
    throw new Refusal('BODY_INVALID', 'manifest.extensions.namespace is a text.')
  }
  const header = headers['x-aitp-namespace']
  const namespace = (typeof header === 'string' && header) || extension || 'default'
  if (namespace.length <= longestNamespace) return namespace
  throw new Refusal('BODY_INVALID', `A namespace has at most ${longestNamespace} characters.`)
}
