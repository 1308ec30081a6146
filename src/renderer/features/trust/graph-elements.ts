import type { Edge, Node } from '@xyflow/react'
import { toneOf } from '../../components/mark.tsx'
import type { Selection } from '../../store/run-view.ts'
import type { Participant } from '../run/participants.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { type Curve, curveBetween, nodeSize, type Point, placesOf } from './graph-layout.ts'
import { partiesOf } from './parties.ts'
import type { PairTrust, Token } from './trust.ts'
import { isSelected, pairLook, type TrustLook, tokenLook } from './trust-look.ts'
import type { TrustView } from './use-trust.ts'

/** An agent. `seq` is of the event that told its key, where one did. */
export type PartyNode = Node<{ readonly party: Participant; readonly seq: number | null }, 'party'>

/** `trust`: what the source may ask the target. `delegation`: what the source passed on to the target. */
export type TrustEdge = Edge<
  {
    readonly kind: 'trust' | 'delegation'
    readonly look: TrustLook
    readonly curve: Curve
    readonly isLabelled: boolean
  },
  'trust'
>

export interface Graph {
  readonly nodes: PartyNode[]
  readonly edges: TrustEdge[]
}

/** With more edges than this, labels would hide each other: then only what is selected has one. */
const mostLabels = 16

/** The agents of one organisation beside each other, and an edge for each direction in which there is anything. */
export function graphOf(facts: RunFacts, view: TrustView, selection: Selection, atMs: number): Graph {
  const { events } = facts
  const parties = partiesOf(facts, view.state).toSorted((one, other) =>
    orgOf(one).localeCompare(orgOf(other)),
  )
  const places = placesOf(parties.length)
  const placeOf = new Map(parties.map(({ id }, index) => [id, places[index]]))
  const drawn = [
    ...[...view.state.pairs.values()].flatMap((pair) =>
      trustLine(pair, view, isSelected(pair, selection, events), atMs),
    ),
    ...view.state.tokens
      .filter(({ kind }) => kind === 'delegation')
      .map((token) => delegationLine(token, token.seq === selection.eventSeq, atMs)),
  ]
  const lanes = new Map<string, number>()
  return {
    nodes: parties.map((party, index) => partyNode(party, places[index], facts, selection)),
    edges: drawn.flatMap(({ source, target, ...line }) => {
      const [from, to] = [placeOf.get(source), placeOf.get(target)]
      if (!from || !to) return []
      const way = `${source} ${target}`
      const lane = lanes.get(way) ?? 0
      lanes.set(way, lane + 1)
      const isLabelled = drawn.length <= mostLabels || line.selected
      return [edgeOf({ source, target, ...line }, curveBetween(from, to, lane), isLabelled, facts)]
    }),
  }
}

interface Line {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly kind: 'trust' | 'delegation'
  readonly look: TrustLook
  readonly selected: boolean
}

function trustLine(
  pair: PairTrust,
  { unpinned }: TrustView,
  selected: boolean,
  atMs: number,
): readonly Line[] {
  const look = pairLook(pair, unpinned, atMs)
  if (!look) return []
  const { holder, issuer } = pair
  return [{ id: `trust ${holder} ${issuer}`, source: holder, target: issuer, kind: 'trust', look, selected }]
}

function delegationLine(token: Token, selected: boolean, atMs: number): Line {
  return {
    id: `delegation ${token.jti}`,
    source: token.issuer,
    target: token.holder,
    kind: 'delegation',
    look: tokenLook(token, false, atMs),
    selected,
  }
}

function edgeOf(
  { kind, look, ...line }: Line,
  curve: Curve,
  isLabelled: boolean,
  { names }: RunFacts,
): TrustEdge {
  const grants = look.token?.grants.join(', ') ?? ''
  const verb = kind === 'trust' ? 'may ask' : 'delegates to'
  return {
    ...line,
    type: 'trust',
    ariaRole: 'button',
    ariaLabel: `${names.ofId(line.source)} ${verb} ${names.ofId(line.target)}: ${[grants, look.word, look.code ?? ''].filter(Boolean).join(', ')}`,
    className: `tone-${toneOf(look.mark)} ${kind} ${look.mark}`,
    data: { kind, look, curve, isLabelled },
    zIndex: line.selected ? 1 : 0,
  }
}

function partyNode(
  party: Participant,
  place: Point | undefined,
  { events }: RunFacts,
  { eventSeq }: Selection,
): PartyNode {
  const { x, y } = place ?? { x: 0, y: 0 }
  const told = events.findLast(
    (event) =>
      (event.type === 'agent.ready' || event.type === 'identity.key.rotated') && event.agent_id === party.id,
  )
  return {
    id: party.id,
    type: 'party',
    position: { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 },
    ...nodeSize,
    measured: nodeSize,
    data: { party, seq: told?.seq ?? null },
    selected: told !== undefined && told.seq === eventSeq,
    ariaRole: 'button',
  }
}

function orgOf({ agent, about }: Participant): string {
  return agent?.org ?? about
}
