import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { StartRun } from '../../shared/contract.ts'
import { isTerminalStatus } from '../../shared/run.ts'
import { useClient } from './client-context.ts'

export const keys = {
  packs: ['packs'],
  scenarios: ['scenarios'],
  scenario: (pack: string, version: string) => ['scenario', pack, version],
  runs: ['runs'],
  run: (runId: string) => ['run', runId],
  exchanges: (runId: string) => ['run', runId, 'exchanges'],
  exchange: (runId: string, exchangeId: string) => ['run', runId, 'exchange', exchangeId],
} as const

export function usePacks() {
  const client = useClient()
  return useQuery({ queryKey: keys.packs, queryFn: () => client.call('listPacks', {}) })
}

export function useScenarios() {
  const client = useClient()
  return useQuery({ queryKey: keys.scenarios, queryFn: () => client.call('listScenarios', {}) })
}

export function useScenario(pack: string, scenarioVersion: string) {
  const client = useClient()
  return useQuery({
    queryKey: keys.scenario(pack, scenarioVersion),
    queryFn: () => client.call('getScenario', { pack, scenario_version: scenarioVersion }),
  })
}

/** Asked again every three seconds while a run is under way, else every fifteen. */
export function useRuns() {
  const client = useClient()
  return useQuery({
    queryKey: keys.runs,
    queryFn: () => client.call('listRuns', {}),
    refetchInterval: ({ state }) =>
      state.data?.runs.some((run) => !isTerminalStatus(run.status)) ? 3_000 : 15_000,
  })
}

export function useRun(runId: string) {
  const client = useClient()
  return useQuery({ queryKey: keys.run(runId), queryFn: () => client.call('getRun', { run_id: runId }) })
}

/** While `live`, captures that no event announces are looked for as well. */
export function useExchanges(runId: string, live: boolean) {
  const client = useClient()
  return useQuery({
    queryKey: keys.exchanges(runId),
    queryFn: () => client.call('listExchanges', { run_id: runId }),
    refetchInterval: live ? 2_000 : false,
  })
}

/** Bodies, headers and whole tokens: only for what is looked at. */
export function useExchange(runId: string, exchangeId: string) {
  const client = useClient()
  return useQuery({
    queryKey: keys.exchange(runId, exchangeId),
    queryFn: () => client.call('getExchange', { run_id: runId, exchange_id: exchangeId }),
  })
}

export function useStartRun() {
  const client = useClient()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (
      input: Pick<StartRun, 'scenario_ref' | 'inputs' | 'template' | 'run_label'> &
        Partial<Pick<StartRun, 'paused'>>,
    ) => client.call('startRun', input),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.runs }),
  })
}

export function useCancelRun(runId: string) {
  const client = useClient()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => client.call('cancelRun', { run_id: runId }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.run(runId) }),
  })
}

export type PaceCommand = 'pauseRun' | 'resumeRun' | 'stepRun'

/** The answer says whether the run stands still, or will before its next step; events say when it really does. */
export function usePaceRun(runId: string) {
  const client = useClient()
  return useMutation({ mutationFn: (command: PaceCommand) => client.call(command, { run_id: runId }) })
}
