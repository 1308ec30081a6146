import type { Difference, ProjectionRow, SentBatch } from '../../../shared/projections.ts'
import type { LocalFact } from './local-truth.ts'

type Shown = Readonly<Record<string, unknown>>

/** What a Control Plane shows of a run, each by its id. */
export interface ShownByControlPlane {
  readonly session: ReadonlyMap<string, Shown>
  readonly tct: ReadonlyMap<string, Shown>
  readonly delegation: ReadonlyMap<string, Shown>
  /** What is on its signed list. */
  readonly revocation: ReadonlyMap<string, Shown>
  readonly webhook: ReadonlyMap<string, Shown>
}

/** Holds what happened against what was sent and what is shown, thing by thing (console.md D.11). */
export function compareProjections(
  facts: readonly LocalFact[],
  batches: readonly SentBatch[],
  shown: ShownByControlPlane,
): ProjectionRow[] {
  const known = facts.map((fact) => rowOf(fact, batches, shown[fact.kind].get(fact.id) ?? null))
  const ids = new Set(facts.map(({ kind, id }) => `${kind} ${id}`))
  const others = (['session', 'tct', 'delegation'] as const).flatMap((kind) =>
    [...shown[kind]]
      .filter(([id]) => !ids.has(`${kind} ${id}`))
      .map(([id, record]) => unknownHere(kind, id, record)),
  )
  return [...known, ...others]
}

function rowOf(fact: LocalFact, batches: readonly SentBatch[], shown: Shown | null): ProjectionRow {
  const { kind, id, local, seqs } = fact
  const last = Math.max(...seqs)
  const sent = batches.findLast(({ first_seq, last_seq }) => first_seq <= last && last <= last_seq) ?? null
  const { difference, members = [], explanation } = judge(fact, sent, shown)
  return {
    kind,
    id,
    local,
    event_seqs: [...seqs],
    sent,
    shown: shown === null ? null : { ...shown },
    difference,
    members: [...members],
    explanation,
  }
}

interface Verdict {
  readonly difference: Difference
  readonly members?: readonly string[]
  readonly explanation: string
}

function judge(fact: LocalFact, sent: SentBatch | null, shown: Shown | null): Verdict {
  if (fact.kind === 'revocation') return judgeRevocation(fact, sent, shown)
  if (shown === null) return whyMissing(fact, sent)
  const members = Object.keys(fact.local).filter((member) => isOther(fact.local[member], shown[member]))
  if (members.length === 0) return { difference: 'same', explanation: 'It is shown as it happened.' }
  const withoutParties = members.every(
    (member) => member.startsWith('aid') && (shown[member] ?? null) === null,
  )
  if (withoutParties) {
    return {
      difference: 'without_parties',
      members,
      explanation: 'It is shown without who took part: the events did not say it under names that are read.',
    }
  }
  return {
    difference: 'different',
    members,
    explanation: `${members.join(' and ')} ${members.length === 1 ? 'is' : 'are'} shown otherwise than it happened.`,
  }
}

function whyMissing({ kind, reportedBy }: LocalFact, sent: SentBatch | null): Verdict {
  if (kind === 'webhook') {
    return { difference: 'gone', explanation: 'It is not there any more: a subscription ends with its run.' }
  }
  if (sent === null) {
    return { difference: 'not_sent', explanation: `${reportedBy} has not been sent to the Control Plane.` }
  }
  if (sent.status === null) {
    return { difference: 'lost', explanation: `${reportedBy} was sent and nothing was answered.` }
  }
  if (sent.status >= 300) {
    return {
      difference: 'refused',
      explanation: `The batch with ${reportedBy} was refused with ${sent.status}${sent.error === null ? '' : `: ${sent.error}`}.`,
    }
  }
  return {
    difference: 'not_projected',
    explanation:
      kind === 'tct' && reportedBy !== 'handshake.complete'
        ? `${reportedBy} is stored, but the Control Plane makes tokens of handshake.complete and tct.issued only.`
        : `${reportedBy} is stored, but the Control Plane made nothing of it.`,
  }
}

/** A revocation that is told as an event marks tokens; only an entry puts it on the list that agents fetch. */
function judgeRevocation({ local }: LocalFact, sent: SentBatch | null, shown: Shown | null): Verdict {
  if (shown !== null) return { difference: 'same', explanation: 'It is on the signed list.' }
  if (local['published'] === false) {
    return {
      difference: 'not_sent',
      explanation:
        'It is on its issuer’s own list alone: nobody asked for it to be published, and an event puts nothing on the signed list.',
    }
  }
  return local['listed'] === true
    ? {
        difference: 'different',
        members: ['listed'],
        explanation: 'It was taken, and is not on the signed list.',
      }
    : sent?.status == null
      ? { difference: 'lost', explanation: 'It was to be published, and nothing was answered.' }
      : {
          difference: 'refused',
          explanation: 'It was to be published, and the Control Plane did not take it.',
        }
}

function unknownHere(kind: ProjectionRow['kind'], id: string, shown: Shown): ProjectionRow {
  return {
    kind,
    id,
    local: null,
    event_seqs: [],
    sent: null,
    shown: { ...shown },
    difference: 'unknown_here',
    members: [],
    explanation: 'The log of this run says nothing of it: somebody else reported it under this run.',
  }
}

/** Whether two values say something else; the order of a list says nothing. */
function isOther(local: unknown, shown: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null))
  return plain(local) !== plain(shown)
}
