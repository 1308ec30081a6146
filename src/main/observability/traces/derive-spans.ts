import type { RunEvent } from '../../../shared/events.ts'
import type { ExchangeDetail } from '../../../shared/exchange.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { type Activities, type Activity, activitiesOf } from './activities.ts'
import { exchangeSpans } from './exchange-spans.ts'
import { attributes, type Span, spanId, told } from './span.ts'
import { spanEventsOf } from './span-events.ts'

/** The service name of what the host itself does. */
export const hostService = 'aitp-console'

/**
 * The trace of a run that has ended: the run, what the host did in it, the life of each agent, and both sides of every
 * exchange. All of it is in the log and the captures already, so agents in any language take part. No bodies, tokens or
 * messages are in it.
 */
export function deriveSpans(run: RunRecord, exchanges: readonly ExchangeDetail[]): Span[] {
  const last = run.events.at(-1)
  if (last === undefined) return []
  const rootId = spanId(run.run_id)
  const activities = activitiesOf(run.events)
  const operations = operationsOf(activities, exchanges)
  const root: Span = {
    id: rootId,
    parentId: null,
    name: `run ${run.scenario_ref}`,
    kind: 'internal',
    service: hostService,
    startedAt: run.created_at,
    endedAt: Math.max(last.ts, run.created_at),
    attributes: attributes({
      'aitp.run_id': run.run_id,
      'aitp.scenario_ref': run.scenario_ref,
      'aitp.template': run.template,
      'aitp.status': run.status,
    }),
    events: run.events.filter(({ type }) => type.startsWith('run.')).flatMap(spanEventsOf),
    failure: run.error_code === null ? null : told(run.error_code),
  }
  const spans = [
    root,
    ...activities.all.map((activity): Span => {
      const id = operations.get(activity) ?? spanId(run.run_id, activity.name)
      return {
        ...internal(activity.events, { id, name: activity.name, service: hostService }),
        parentId: rootId,
      }
    }),
    ...livesOf(run.events).map(({ agentId, events }): Span => {
      const id = spanId(run.run_id, 'agent', agentId)
      return { ...internal(events, { id, name: `agent ${agentId}`, service: agentId }), parentId: rootId }
    }),
    ...exchangeSpans(exchanges, run.events, new Set(operations.values()), rootId),
  ]
  return oneTree(spans, rootId).map((span) => within(span, root))
}

function internal(
  events: readonly RunEvent[],
  own: Pick<Span, 'id' | 'name' | 'service'>,
): Omit<Span, 'parentId'> {
  const times = events.map(({ ts }) => ts)
  const failed = events.find((event) => 'code' in event && event.code !== null)
  return {
    ...own,
    kind: 'internal',
    startedAt: Math.min(...times),
    endedAt: Math.max(...times),
    attributes: {},
    events: events.flatMap(spanEventsOf),
    failure: failed !== undefined && 'code' in failed && failed.code !== null ? told(failed.code) : null,
  }
}

/**
 * The span id that the host's requests for an activity carried, so that what agents did for it is found below it; an id
 * that an exchange has, or that another activity took, is not believed.
 */
function operationsOf(
  activities: Activities,
  exchanges: readonly ExchangeDetail[],
): ReadonlyMap<Activity, string> {
  const taken = new Set(exchanges.map(({ exchange_id }) => exchange_id))
  const found = new Map<Activity, string>()
  for (const { exchange_id, client, server } of exchanges) {
    const activity = activities.ofExchange(exchange_id)
    const operation = client?.operation ?? server?.operation ?? null
    if (activity === null || operation === null || found.has(activity) || taken.has(operation)) continue
    found.set(activity, operation)
    taken.add(operation)
  }
  return found
}

/** From when an agent was ready to its end, or to the end of the run. */
function livesOf(events: readonly RunEvent[]): { agentId: string; events: RunEvent[] }[] {
  return events.flatMap((event) => {
    if (event.type !== 'agent.ready') return []
    const { agent_id: agentId } = event
    const exit = events.find((other) => other.type === 'agent.exited' && other.agent_id === agentId)
    return [{ agentId, events: [event, ...(exit === undefined ? events.slice(-1) : [exit])] }]
  })
}

/** Agents choose ids and parents: who takes another's id is left out, and what would lead nowhere hangs on the run. */
function oneTree(spans: readonly Span[], rootId: string): Span[] {
  const byId = new Map<string, Span>()
  for (const span of spans) if (!byId.has(span.id)) byId.set(span.id, span)
  return [...byId.values()].map((span) =>
    leadsTo(rootId, span, byId) ? span : { ...span, parentId: rootId },
  )
}

function leadsTo(rootId: string, span: Span, byId: ReadonlyMap<string, Span>): boolean {
  const passed = new Set<string>()
  let at: Span | undefined = span
  while (at !== undefined && at.id !== rootId && !passed.has(at.id)) {
    passed.add(at.id)
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return at?.id === rootId
}

/** Agents say when something was by their own clocks, which need not be right. */
function within(span: Span, { startedAt, endedAt }: Span): Span {
  const fit = (at: number) => Math.min(Math.max(at, startedAt), endedAt)
  return {
    ...span,
    startedAt: fit(span.startedAt),
    endedAt: fit(Math.max(span.startedAt, span.endedAt)),
    events: span.events.map((event) => ({ ...event, at: fit(event.at) })),
  }
}
