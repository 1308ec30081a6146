import type { Agent } from './agent.ts'
import { unsignedReport } from './capture.ts'
import { unixNow } from './clock.ts'
import { requireHeld } from './held-tokens.ts'
import { exchangeWith } from './outbound.ts'
import { WorkerError } from './refusal.ts'

const timeoutMs = 120_000

/**
 * Calls a peer's capability with the TCT held for it, which goes only to the origin it was bound to at the handshake.
 * A refusal by the peer is returned as data.
 */
export async function invoke(
  agent: Agent,
  peerAid: string,
  capability: string,
  payload: unknown,
): Promise<unknown> {
  const bound = requireHeld(agent, peerAid)
  const isText = typeof payload === 'string'
  try {
    return await exchangeWith(
      agent,
      {
        kind: 'capability',
        method: 'POST',
        url: `${bound.origin}/capabilities/${encodeURIComponent(capability)}`,
        headers: {
          'x-aitp-tct': bound.held.token,
          ...(isText ? { 'content-type': 'text/plain; charset=utf-8' } : {}),
        },
        ...(payload === undefined ? {} : { body: isText ? payload : JSON.stringify(payload) }),
        peerAid,
        timeoutMs,
      },
      ({ status, text }) => {
        const body = parse(text)
        return { value: status < 300 ? body : { error: true, status_code: status, body } }
      },
      () => unsignedReport(unixNow(), 'the answer to a capability call is not signed'),
    )
  } catch (error) {
    throw new WorkerError(502, 'no_answer', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { raw: text }
  }
}
