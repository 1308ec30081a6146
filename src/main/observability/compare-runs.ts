import type { RunEvent } from '../../shared/events.ts'
import type { RunAgent, RunRecord } from '../../shared/run.ts'

/** One thing in which two runs are not alike; `null` where a run has nothing of the kind. */
export interface Difference {
  readonly part: 'run' | 'agent' | 'step' | 'event'
  readonly where: string
  readonly a: string | null
  readonly b: string | null
}

/**
 * Holds two runs against each other: how they ended, their agents, what came of each step, and their events in order,
 * with every code. What differs from run to run by itself is left out: times, process ids, ports, keys, token ids. Of
 * each chain of events the first that deviates is told.
 */
export function compareRuns(a: RunRecord, b: RunRecord): Difference[] {
  return [
    ...compared('run', { scenario: scenarioOf(a), ...endOf(a) }, { scenario: scenarioOf(b), ...endOf(b) }),
    ...compared('agent', agentsOf(a), agentsOf(b)),
    ...compared('step', outcomesOf(a.events), outcomesOf(b.events)),
    ...comparedEvents(lanesOf(a.events), lanesOf(b.events)),
  ]
}

function compared(
  part: Difference['part'],
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Difference[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].flatMap((where) =>
    a[where] === b[where] ? [] : [{ part, where, a: a[where] ?? null, b: b[where] ?? null }],
  )
}

function scenarioOf({ scenario_ref, template }: RunRecord): string {
  return template === null ? scenario_ref : `${scenario_ref} (template ${template})`
}

function endOf({ status, error_code, as_expected }: RunRecord): Record<string, string> {
  return {
    status: error_code === null ? status : `${status} with ${error_code}`,
    'as expected': String(as_expected),
  }
}

function agentsOf({ agents }: RunRecord): Record<string, string> {
  const described = ({ display_name, org, signing_suite, offered_caps, remote }: RunAgent) =>
    `${display_name}, ${org}, ${signing_suite}, offers ${offered_caps.join(', ')}${remote ? ', runs elsewhere' : ''}`
  return Object.fromEntries(agents.map((agent) => [agent.agent_id, described(agent)]))
}

const outcomes: ReadonlySet<RunEvent['type']> = new Set([
  'step.complete',
  'step.skipped',
  'step.failed',
  'step.assertion_failed',
  'step.access_denied',
  'step.unexpected_status',
  'step.fault_complete',
])

function outcomesOf(events: readonly RunEvent[]): Record<string, string> {
  const found = events.filter(({ type }) => outcomes.has(type))
  const byStep = Object.groupBy(found, (event) => stepOf(event) ?? '')
  return Object.fromEntries(
    Object.entries(byStep).map(([step, ends = []]) => [step, ends.map(lineOf).join(', ')]),
  )
}

/**
 * The events of each chain, in order: a step's with everything agents did for it, and an agent's own. Chains that go
 * on at the same time have no order between them.
 */
function lanesOf(events: readonly RunEvent[]): Map<string, string[]> {
  const laneBySeq = new Map<number, string>()
  const lanes = new Map<string, string[]>()
  for (const event of events) {
    const [cause] = event.cause_seq
    const inherited = event.source === 'agent' && cause !== undefined ? laneBySeq.get(cause) : undefined
    const lane = stepOf(event) ?? inherited ?? laneOfItsOwn(event)
    laneBySeq.set(event.seq, lane)
    lanes.set(lane, [...(lanes.get(lane) ?? []), lineOf(event)])
  }
  return lanes
}

function laneOfItsOwn(event: RunEvent): string {
  if (event.type.startsWith('agent.') && 'agent_id' in event) return `agent ${event.agent_id}`
  if ('initiator' in event && 'target' in event) return `${event.initiator} -> ${event.target}`
  return 'run'
}

function stepOf(event: RunEvent): string | undefined {
  return 'step_id' in event ? event.step_id : undefined
}

function comparedEvents(
  a: ReadonlyMap<string, readonly string[]>,
  b: ReadonlyMap<string, readonly string[]>,
): Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((lane) => {
    const [ofA, ofB] = [a.get(lane) ?? [], b.get(lane) ?? []]
    const longer = ofA.length > ofB.length ? ofA : ofB
    const at = longer.findIndex((_, index) => ofA[index] !== ofB[index])
    if (at < 0) return []
    const where = `${lane}, event ${at + 1}`
    return [{ part: 'event', where, a: ofA[at] ?? null, b: ofB[at] ?? null }]
  })
}

/** What an event says that does not differ from run to run by itself. */
function lineOf(event: RunEvent): string {
  const result: unknown = 'result' in event ? event.result : null
  return [event.type, ...said(event, tellingMembers), ...said(result, ['code', 'check', 'status_code'])].join(
    ' ',
  )
}

const tellingMembers = [
  'agent_id',
  'agent',
  'initiator',
  'target',
  'role',
  'capability',
  'grants',
  'decision',
  'code',
  'check',
  'cause',
  'status',
  'task',
  'provider',
  'model',
] as const

function said(holder: unknown, members: readonly string[]): string[] {
  if (typeof holder !== 'object' || holder === null) return []
  return members.flatMap((name) => {
    const value: unknown = Reflect.get(holder, name)
    if (value === undefined || value === null) return []
    return [`${name}=${Array.isArray(value) ? value.join(',') : String(value)}`]
  })
}
