import type { z } from 'zod'
import type { Invoke } from '../../src/shared/admin.ts'
import { unsignedReport } from '../../src/shared/capture.ts'
import type { Agent } from './agent.ts'
import { unixNow } from './clock.ts'
import { presentedTct } from './faults/presented.ts'
import { limits } from './limits.ts'
import { exchangeWith, type Incoming, type Outgoing } from './outbound.ts'
import { failedAtPeer } from './peer-failure.ts'
import { namedOrigin } from './peers.ts'
import { exchangeWithProof } from './possession-proof.ts'

type Call = Pick<z.output<typeof Invoke>, 'peer_aid' | 'capability' | 'payload' | 'token'>

/**
 * Calls a peer's capability with the TCT held for it, which goes only to the origin it was bound to at the handshake;
 * or with none, to where the host says that the peer is. A refusal by the peer is returned as data.
 */
export async function invoke(agent: Agent, call: Call): Promise<unknown> {
  try {
    return await (call.token === 'none' ? callWithout(agent, call) : callWithToken(agent, call))
  } catch (error) {
    throw failedAtPeer(error)
  }
}

function callWithToken(agent: Agent, call: Call): Promise<unknown> {
  const { token, claims, origin } = presentedTct(agent, call.peer_aid)
  const outgoing = request(call, origin, { 'x-aitp-tct': token })
  return exchangeWithProof(agent, outgoing, claims, judge, report)
}

function callWithout(agent: Agent, call: Call): Promise<unknown> {
  return exchangeWith(agent, request(call, namedOrigin(agent.peers, call.peer_aid), {}), judge, report)
}

function request(
  { peer_aid, capability, payload }: Call,
  origin: string,
  headers: Readonly<Record<string, string>>,
): Outgoing {
  const isText = typeof payload === 'string'
  return {
    kind: 'capability',
    method: 'POST',
    url: `${origin}/capabilities/${encodeURIComponent(capability)}`,
    headers: { ...headers, ...(isText ? { 'content-type': 'text/plain; charset=utf-8' } : {}) },
    ...(payload === undefined ? {} : { body: isText ? payload : JSON.stringify(payload) }),
    peerAid: peer_aid,
    timeoutMs: limits.capabilityCallMs,
  }
}

function judge({ status, text }: Incoming): { value: unknown } {
  const body = parse(text)
  return { value: status < 300 ? body : { error: true, status_code: status, body } }
}

function report() {
  return unsignedReport(unixNow(), 'the answer to a capability call is not signed')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { raw: text }
  }
}
