import { HandshakeDone } from '../../shared/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { AdminRefused } from '../hosting/admin-client.ts'
import type { Operation } from '../store/event-log.ts'
import { ask, type RefusalDetails } from './ask.ts'
import { manifestUrlOf, type RunContext } from './run-context.ts'
import type { Mutation } from './step-handler.ts'

const timeoutMs = 20_000

export interface HandshakeRequest {
  readonly initiator: string
  readonly responder: string
  /** Everything the responder offers when absent. */
  readonly grants?: readonly string[] | undefined
  readonly stepId?: string
}

/** Has `initiator` shake hands with `responder`; afterwards the initiator holds a TCT to call it. */
export async function establishTrust(
  context: RunContext,
  operation: Operation,
  { initiator, responder, grants, stepId }: HandshakeRequest,
  { agentFault, manifestUrl = manifestUrlOf(context, responder) }: Mutation = {},
): Promise<HandshakeDone> {
  const about = { initiator, target: responder, ...(stepId === undefined ? {} : { step_id: stepId }) }
  const done = await tellHandshake(operation, about, grants, () =>
    ask(context, operation, {
      agent: initiator,
      path: '/admin/initiate-handshake',
      body: {
        peer_manifest_url: manifestUrl,
        requested_grants: grants ?? [],
        unpinned: isUnpinned(context, responder),
      },
      answer: HandshakeDone,
      timeoutMs,
      fault: agentFault,
    }),
  )
  context.keepsakes.tokens.push({
    holder: initiator,
    issuer: responder,
    issuerAid: done.peer_aid,
    jti: done.jti,
    stepId: stepId ?? null,
  })
  rememberRemote(context, responder, done.peer_aid)
  return done
}

/** Who shakes hands with whom, as events say it. */
interface HandshakeParties {
  readonly initiator: string
  readonly target: string
  readonly step_id?: string
}

/** Tells of an attempt at a handshake and of how it went. Rejects with `handshake_failed` when it was refused. */
export async function tellHandshake(
  operation: Operation,
  about: HandshakeParties,
  grants: readonly string[] | undefined,
  shake: () => Promise<HandshakeDone>,
): Promise<HandshakeDone> {
  operation.append({ type: 'trust.establishing', ...about, ...(grants ? { grants: [...grants] } : {}) })
  try {
    const done = await shake()
    operation.append({
      type: 'trust.established',
      ...about,
      grants: done.grants,
      jti: done.jti,
      expires_at: done.expires_at,
      session_id: done.session_id,
    })
    return done
  } catch (error) {
    if (!(error instanceof AdminRefused)) throw error
    const { code, check, status, message } = error
    operation.append({ type: 'trust.failed', ...about, error: message, code, check })
    const details: RefusalDetails = { code, check, status }
    throw new AppError(
      'handshake_failed',
      `The handshake ${about.initiator} → ${about.target} was refused with ${code}${check === null ? '' : ` at check ${check}`}: ${message}`,
      { details, cause: error },
    )
  }
}

/** Nobody has said whose key a remote agent must show. */
function isUnpinned({ scenario }: RunContext, agentId: string): boolean {
  const spec = scenario.scenario.spec.agents.find(({ id }) => id === agentId)
  return spec?.manifest_url !== undefined && spec.pinned_aid === null
}

/** A remote agent without a pin is, for the rest of the run, who it showed itself to be; its token is held under that. */
function rememberRemote(context: RunContext, agentId: string, aid: string): void {
  const peer = context.peers.get(agentId)
  if (peer?.aid === null) context.peers.set(agentId, { ...peer, aid })
}
