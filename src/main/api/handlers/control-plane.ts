import type { controlPlaneCalls } from '../../../shared/contract/control-plane.ts'
import type { WebhookDelivery } from '../../../shared/contract.ts'
import type { RunEvent } from '../../../shared/events.ts'
import type { ControlPlane } from '../../control-plane/client.ts'
import type { CpRecord, Projections } from '../../control-plane/projections.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function controlPlaneHandlers({
  controlPlanes,
  store,
  deliveries,
}: HandlerParts): HandlersOf<typeof controlPlaneCalls> {
  async function items(read: (projections: Projections) => Promise<CpRecord[]>) {
    const found = await listOf(controlPlanes.of(undefined), read)
    return { cp_enabled: found.cp_enabled, items: found.list, count: found.list.length }
  }

  /** That of the run; `null` where it had none, or none that this host may ask. */
  function ofRun(runId: string): ControlPlane | null {
    const { cp, imported } = store.get(runId)
    // The address in a file that was handed in is somebody else's word.
    return imported ? null : controlPlanes.find(cp)
  }

  return {
    cpTcts: (query) => items(({ tcts }) => tcts(query)),
    cpDelegations: (query) => items(({ delegations }) => delegations(query)),
    cpReplay: (query) => items(({ replay }) => replay(query)),
    cpDashboard: async ({ window }) => {
      const controlPlane = controlPlanes.of(undefined)
      const data = (await controlPlane?.projections.overview(window)) ?? {}
      return { cp_enabled: controlPlane !== null, data }
    },
    cpAgents: () => items(({ agents }) => agents()),
    cpTrustAnchors: ({ namespace }) => items(({ trustAnchors }) => trustAnchors(namespace)),
    cpPinnedKeys: ({ namespace }) => items(({ pinnedKeys }) => pinnedKeys(namespace)),
    runCpAudit: async (query) => {
      const { run_id } = query
      const { cp_enabled, list: events } = await listOf(ofRun(run_id), ({ history }) => history(query))
      const types = events.flatMap(({ type }) => (typeof type === 'string' ? [type] : []))
      return { run_id, cp_enabled, events, event_types: [...new Set(types)].sort(), count: events.length }
    },
    runCpSessions: async (query) => {
      const { run_id } = query
      const found = await listOf(ofRun(run_id), ({ sessions }) => sessions(query))
      return { run_id, cp_enabled: found.cp_enabled, sessions: found.list, count: found.list.length }
    },
    runCpDeliveries: async ({ run_id, event_type }) => {
      const { events } = store.get(run_id)
      const all = [...events.flatMap(asDelivery), ...deliveries.list(run_id)]
      const wanted = all.filter((delivery) => event_type === undefined || delivery.event_type === event_type)
      const subscribed = events.findLast(({ type }) => type === 'cp.webhook.subscribed')
      const webhook = subscribed?.type === 'cp.webhook.subscribed' ? subscribed.result : null
      return { run_id, subscribed: webhook !== null, webhook, deliveries: wanted, count: wanted.length }
    },
  }
}

async function listOf(
  controlPlane: ControlPlane | null,
  read: (projections: Projections) => Promise<CpRecord[]>,
): Promise<{ cp_enabled: boolean; list: CpRecord[] }> {
  return controlPlane === null
    ? { cp_enabled: false, list: [] }
    : { cp_enabled: true, list: await read(controlPlane.projections) }
}

function asDelivery(event: RunEvent): WebhookDelivery[] {
  if (event.type !== 'cp.webhook.delivered') return []
  const { type, run_id, ts, delivery_id, event_type, payload } = event
  return [{ type, run_id, ts, delivery_id, event_type, payload }]
}
