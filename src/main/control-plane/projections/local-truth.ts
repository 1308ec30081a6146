import type { EventOf, RunEvent } from '../../../shared/events.ts'
import type { ProjectionRow } from '../../../shared/projections.ts'

/** One thing that the run's own log says happened, under the names a Control Plane shows it by. */
export interface LocalFact {
  readonly kind: ProjectionRow['kind']
  readonly id: string
  readonly local: Record<string, unknown>
  /** The events that said so. */
  readonly seqs: readonly number[]
  /** The type of the event that a Control Plane makes it of. */
  readonly reportedBy: RunEvent['type']
}

type AidOf = (agentId: string) => string | null

/** Sessions, tokens, delegations, revocations and subscriptions of a run, from its log alone. */
export function localTruth(events: readonly RunEvent[], aidOf: AidOf): LocalFact[] {
  return [
    ...sessions(events, aidOf),
    ...tokens(events),
    ...delegations(events, aidOf),
    ...revocations(events),
    ...webhooks(events),
  ]
}

const ofType = <Type extends RunEvent['type']>(events: readonly RunEvent[], ...types: readonly Type[]) =>
  events.filter((event): event is EventOf<Type> => (types as readonly string[]).includes(event.type))

function sessions(events: readonly RunEvent[], aidOf: AidOf): LocalFact[] {
  const told = ofType(events, 'handshake.started', 'handshake.complete', 'handshake.failed')
  const bySession = Map.groupBy(
    told.filter((event) => event.session_id !== undefined),
    (event) => String(event.session_id),
  )
  return [...bySession].map(([id, ofSession]) => {
    const last = ofSession.at(-1)
    const status =
      last?.type === 'handshake.failed'
        ? 'failed'
        : ofSession.some(({ type }) => type === 'handshake.complete')
          ? 'complete'
          : 'started'
    return {
      kind: 'session',
      id,
      local: { status, ...parties(ofSession, aidOf) },
      seqs: ofSession.map(({ seq }) => seq),
      reportedBy: last?.type ?? 'handshake.started',
    }
  })
}

/** Who began and who answered, as far as their own reports say. */
function parties(
  ofSession: readonly EventOf<'handshake.started' | 'handshake.complete' | 'handshake.failed'>[],
  aidOf: AidOf,
): { aidA: string | null; aidB: string | null } {
  let aidA: string | null = null
  let aidB: string | null = null
  for (const event of ofSession) {
    const own = event.agent_id === undefined ? null : aidOf(event.agent_id)
    const peer = event.type === 'handshake.failed' ? null : event.peer_aid
    const [a, b] = event.role === 'initiator' ? [own, peer] : [peer, own]
    aidA ??= a
    aidB ??= b
  }
  return { aidA, aidB }
}

function tokens(events: readonly RunEvent[]): LocalFact[] {
  const revoked = new Set(ofType(events, 'tct.revoked').map(({ jti }) => jti))
  return ofType(
    events,
    'handshake.complete',
    'delegation.redeemed',
    'tct.renewal.issued',
    'tct.renewal.requested',
  ).flatMap((event) => {
    const claims = event.tct?.claims
    const id = claims?.['jti']
    if (claims === undefined || typeof id !== 'string') return []
    const local = {
      issuer: claims['iss'],
      subject: claims['sub'],
      grants: claims['grants'],
      revoked: revoked.has(id),
    }
    return [{ kind: 'tct' as const, id, local, seqs: [event.seq], reportedBy: event.type }]
  })
}

function delegations(events: readonly RunEvent[], aidOf: AidOf): LocalFact[] {
  return ofType(events, 'delegation.issued').map((event) => ({
    kind: 'delegation',
    id: event.jti,
    local: {
      parentJti: event.parent_jti,
      delegator: event.agent_id === undefined ? null : aidOf(event.agent_id),
      delegatee: event.delegatee_aid,
      scope: event.scope,
    },
    seqs: [event.seq],
    reportedBy: event.type,
  }))
}

function revocations(events: readonly RunEvent[]): LocalFact[] {
  const published = ofType(events, 'revocation.published')
  return ofType(events, 'tct.revoked').map((event) => {
    const { jti } = event
    const publication = published.find((candidate) => candidate.jti === jti)
    return {
      kind: 'revocation',
      id: jti,
      // On the signed list is what was asked to be there, and not what an event alone says.
      local: { listed: publication?.result.to_cp ?? false, published: publication !== undefined },
      seqs: [event.seq, ...(publication === undefined ? [] : [publication.seq])],
      reportedBy: event.type,
    }
  })
}

function webhooks(events: readonly RunEvent[]): LocalFact[] {
  const delivered = ofType(events, 'cp.webhook.delivered')
  return ofType(events, 'cp.webhook.subscribed').map((event) => ({
    kind: 'webhook',
    id: event.result.id,
    local: { url: event.result.url, received: delivered.length },
    seqs: [event.seq, ...delivered.map(({ seq }) => seq)],
    reportedBy: event.type,
  }))
}
