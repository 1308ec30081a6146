import type { RunEvent } from '../../../shared/events.ts'
import type { Exchange, ExchangeKind } from '../../../shared/exchange.ts'
import type { Names } from '../../../shared/narration/names.ts'
import type { RunAgent, RunRecord } from '../../../shared/run.ts'

export type AgentState = 'waiting' | 'starting' | 'ready' | 'stopped' | 'crashed' | 'fault'

/** An agent of the run, or a party that only messages name. */
export interface Participant {
  readonly id: string
  readonly name: string
  /** `null` for a party that is no agent of this run. */
  readonly agent: RunAgent | null
  /** Organisation and key suite of an agent; what is known of another party. */
  readonly about: string
  readonly state: AgentState
  readonly exit: string | null
}

/** Agents in the order of the run record, then whoever else was spoken to. The newest facts come from the log. */
export function participantsOf(
  run: RunRecord | undefined,
  events: readonly RunEvent[],
  exchanges: readonly Exchange[],
): readonly Participant[] {
  const found = new Map<string, Participant>()
  for (const agent of run?.agents ?? [])
    found.set(agent.agent_id, {
      id: agent.agent_id,
      name: agent.display_name,
      agent,
      about: `${agent.org} · ${agent.signing_suite}`,
      state: 'waiting',
      exit: null,
    })
  const update = (id: string, change: Partial<Participant>, facts: Partial<RunAgent> = {}) => {
    const known = found.get(id) ?? stranger(id)
    found.set(id, { ...known, ...change, agent: known.agent && { ...known.agent, ...facts } })
  }
  for (const event of events) {
    if (event.type === 'agent.spawning') update(event.agent_id, { state: 'starting' }, { port: event.port })
    else if (event.type === 'agent.ready')
      update(event.agent_id, { state: 'ready' }, { aid: event.aid, port: event.port, pid: event.pid })
    else if (event.type === 'agent.exited')
      update(event.agent_id, {
        state: event.cause,
        exit: event.signal ?? (event.exit_code === null ? null : `exit code ${event.exit_code}`),
      })
  }
  for (const { from, to, kind } of exchanges)
    for (const id of [from, to])
      if (!found.has(id)) found.set(id, withControlPlane.includes(kind) ? controlPlane(id) : stranger(id))
  return named([...found.values()])
}

function stranger(id: string): Participant {
  return { id, name: id, agent: null, about: 'no agent of this run', state: 'waiting', exit: null }
}

/** What agents ask of a Control Plane, and of nobody else. */
const withControlPlane: readonly ExchangeKind[] = ['enroll', 'revocation_list']

/** Known by its address alone. */
function controlPlane(id: string): Participant {
  return { ...stranger(id), name: 'Control Plane', about: id }
}

/** The name of an agent, where it has that for itself; else the id, which nobody shares. */
function named(participants: readonly Participant[]): readonly Participant[] {
  const holders = Map.groupBy(participants, ({ name }) => name)
  return participants.map((participant) =>
    (holders.get(participant.name)?.length ?? 0) > 1 ? { ...participant, name: participant.id } : participant,
  )
}

export function namesOf(participants: readonly Participant[]): Names {
  const byId = new Map(participants.map(({ id, name }) => [id, name]))
  const byAid = new Map(
    participants.flatMap(({ agent, name }) => (agent?.aid ? [[agent.aid, name] as const] : [])),
  )
  return { ofId: (id) => byId.get(id) ?? id, ofAid: (aid) => byAid.get(aid) ?? null }
}
