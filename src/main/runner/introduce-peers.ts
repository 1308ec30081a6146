import { type Peer, PeersAccepted } from '../../shared/admin.ts'
import type { Operation } from '../store/event-log.ts'
import { ask } from './ask.ts'
import type { RunContext } from './run-context.ts'

/** Tells every agent who its peers are, where they are and which AID each must show. */
export async function introducePeers(context: RunContext, operation: Operation): Promise<void> {
  const known = [...context.peers].flatMap(([agent_id, { aid, manifest_url, did }]): Peer[] =>
    aid === null ? [] : [{ agent_id, aid, manifest_url, did }],
  )
  const alive = [...context.agents.values()].filter(({ worker }) => worker.state === 'ready')
  await Promise.all(
    alive.map(({ agentId }) =>
      ask(context, operation, {
        agent: agentId,
        method: 'PUT',
        path: '/admin/peers',
        body: { peers: known.filter(({ agent_id }) => agent_id !== agentId) },
        answer: PeersAccepted,
        timeoutMs: 5_000,
      }),
    ),
  )
}
