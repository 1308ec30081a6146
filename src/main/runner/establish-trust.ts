import { HandshakeDone } from '../../shared/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { AdminRefused, askAgent } from '../hosting/admin-client.ts'
import type { Operation } from '../store/event-log.ts'
import { agentOf, type RunContext } from './run-context.ts'

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
): Promise<HandshakeDone> {
  const about = { initiator, target: responder, ...(stepId === undefined ? {} : { step_id: stepId }) }
  const peer = context.peers.get(responder)
  if (!peer) throw new TypeError(`no address was resolved for ${responder}`)
  operation.append({ type: 'trust.establishing', ...about, ...(grants ? { grants: [...grants] } : {}) })
  try {
    const done = await askAgent(agentOf(context, initiator), {
      method: 'POST',
      path: '/admin/initiate-handshake',
      body: { peer_manifest_url: peer.manifest_url, requested_grants: grants ?? [] },
      answer: HandshakeDone,
      timeoutMs,
      operation: operation.id,
      traceId: context.traceId,
      signal: context.signal,
    })
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
    const { code, check, message } = error
    operation.append({ type: 'trust.failed', ...about, error: message, code, check })
    throw new AppError(
      'handshake_failed',
      `The handshake ${initiator} → ${responder} was refused with ${code}${check === null ? '' : ` at check ${check}`}: ${message}`,
      { details: { code, check }, cause: error },
    )
  }
}
