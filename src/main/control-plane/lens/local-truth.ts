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

/** The AID that an agent had when an event was told. */
type AidAt = (agentId: string | undefined, seq: number) => string | null

/** Sessions, tokens, delegations, revocations and subscriptions of a run, from its log alone. */
export function localTruth(events: readonly RunEvent[]): LocalFact[] {
  const aidAt = aidsOverTime(events)
  return [
    ...sessions(events, aidAt),
    ...tokens(events),
    ...delegations(events, aidAt),
    ...revocations(events),
    ...webhooks(events),
  ]
}

const ofType = <Type extends RunEvent['type']>(events: readonly RunEvent[], ...types: readonly Type[]) =>
  events.filter((event): event is EventOf<Type> => (types as readonly string[]).includes(event.type))

/** An agent that rotates its key is another AID from then on. */
function aidsOverTime(events: readonly RunEvent[]): AidAt {
  const changes = ofType(events, 'agent.ready', 'identity.key.rotated').flatMap((event) => {
    if (event.agent_id === undefined) return []
    const aid = 'new_aid' in event ? event.new_aid : event.aid
    return [{ agentId: event.agent_id, seq: event.seq, aid }]
  })
  return (agentId, seq) =>
    changes.findLast((change) => change.agentId === agentId && change.seq <= seq)?.aid ?? null
}

function sessions(events: readonly RunEvent[], aidAt: AidAt): LocalFact[] {
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
      local: { status, ...parties(ofSession, aidAt) },
      seqs: ofSession.map(({ seq }) => seq),
      reportedBy: last?.type ?? 'handshake.started',
    }
  })
}

/** Who began and who answered, as far as their own reports say. */
function parties(
  ofSession: readonly EventOf<'handshake.started' | 'handshake.complete' | 'handshake.failed'>[],
  aidAt: AidAt,
): { aidA: string | null; aidB: string | null } {
  let aidA: string | null = null
  let aidB: string | null = null
  for (const event of ofSession) {
    const own = aidAt(event.agent_id, event.seq)
    const peer = event.type === 'handshake.failed' ? null : event.peer_aid
    const [a, b] = event.role === 'initiator' ? [own, peer] : [peer, own]
    aidA ??= a
    aidB ??= b
  }
  return { aidA, aidB }
}

function tokens(events: readonly RunEvent[]): LocalFact[] {
  const revoked = new Set(ofType(events, 'tct.revoked').map(({ jti }) => jti))
  const told = ofType(
    events,
    'handshake.complete',
    'delegation.redeemed',
    'tct.renewal.issued',
    'tct.renewal.requested',
  ).filter((event) => typeof event.tct?.claims['jti'] === 'string')
  // Of a renewal both sides tell.
  return [...Map.groupBy(told, (event) => String(event.tct?.claims['jti']))].flatMap(([id, both]) => {
    const [first] = both
    const claims = first?.tct?.claims
    if (first === undefined || claims === undefined) return []
    const local = {
      issuer: claims['iss'],
      subject: claims['sub'],
      grants: claims['grants'],
      revoked: revoked.has(id),
    }
    return [{ kind: 'tct' as const, id, local, seqs: both.map(({ seq }) => seq), reportedBy: first.type }]
  })
}

function delegations(events: readonly RunEvent[], aidAt: AidAt): LocalFact[] {
  return ofType(events, 'delegation.issued').map((event) => ({
    kind: 'delegation',
    id: event.jti,
    local: {
      parentJti: event.parent_jti,
      delegator: aidAt(event.agent_id, event.seq),
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
