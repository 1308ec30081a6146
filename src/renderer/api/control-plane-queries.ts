import { useQuery } from '@tanstack/react-query'
import type { ConsoleClient } from '../../shared/client.ts'
import { useClient } from './client-context.ts'

/** Milliseconds; nothing announces what a Control Plane makes of a report. Asked only while it is looked at. */
const refetchInterval = 4_000

/** A record as the Control Plane answers it: its members are its own. */
export type ShownRecord = Readonly<Record<string, unknown>>

export interface Shown {
  /** Without an answer there are no records. */
  readonly reachable: boolean
  readonly records: readonly ShownRecord[]
}

/** Each kind of record that a Control Plane lists, and the question for it. */
const questions = {
  registry: (client: ConsoleClient) => client.call('controlPlaneRegistry', {}),
  sessions: (client: ConsoleClient) => client.call('controlPlaneSessions', {}),
  webhooks: (client: ConsoleClient) => client.call('controlPlaneWebhooks', {}),
  audit: (client: ConsoleClient) => client.call('controlPlaneAudit', {}),
  tokens: async (client: ConsoleClient) => listed(await client.call('cpTcts', {})),
  delegations: async (client: ConsoleClient) => listed(await client.call('cpDelegations', {})),
  anchors: async (client: ConsoleClient) => listed(await client.call('cpTrustAnchors', {})),
  pins: async (client: ConsoleClient) => listed(await client.call('cpPinnedKeys', {})),
} satisfies Record<string, (client: ConsoleClient) => Promise<Shown>>
export type RecordKind = keyof typeof questions

function listed(answer: { cp_enabled: boolean; items: readonly ShownRecord[] }): Shown {
  return { reachable: answer.cp_enabled, records: answer.items }
}

export function useControlPlaneStatus() {
  const client = useClient()
  return useQuery({
    queryKey: ['control-plane', 'status'],
    queryFn: () => client.call('controlPlaneStatus', {}),
    refetchInterval,
  })
}

export function useShownRecords(kind: RecordKind) {
  const client = useClient()
  return useQuery({
    queryKey: ['control-plane', kind],
    queryFn: (): Promise<Shown> => questions[kind](client),
    refetchInterval,
  })
}

export function useServedRevocationList() {
  const client = useClient()
  return useQuery({
    queryKey: ['control-plane', 'revocation-list'],
    queryFn: () => client.call('controlPlaneRevocations', {}),
    refetchInterval,
  })
}

/** Also after the end of a run: its last batch is on its way then. */
export function useProjections(runId: string) {
  const client = useClient()
  return useQuery({
    queryKey: ['run', runId, 'projections'],
    queryFn: () => client.call('runProjections', { run_id: runId }),
    refetchInterval,
  })
}
