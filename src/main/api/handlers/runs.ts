import type { runCalls } from '../../../shared/contract/runs.ts'
import { narrateRun } from '../../../shared/narration/narrate.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function runHandlers({
  runner,
  store,
  logs,
  exchanges,
  archive,
  hosted,
}: HandlerParts): HandlersOf<typeof runCalls> {
  const control = async (run_id: string, how: 'pause' | 'resume' | 'step') => {
    const paused = runner.control(run_id, how)
    return { run_id, status: store.status(run_id), paused }
  }
  return {
    startRun: async (request) => {
      const { runId, status } = runner.start(request)
      return { run_id: runId, status, scenario_ref: request.scenario_ref, run_label: request.run_label }
    },
    listRuns: async (filter) => ({ ...store.list(filter), retention: archive.retention }),
    deleteRun: async ({ run_id }) => {
      archive.delete(run_id)
      return { deleted: run_id }
    },
    exportRun: async ({ run_id, exchanges: which }) => archive.export(run_id, which),
    importRun: async ({ text }) => {
      const { runId, ...imported } = archive.import(text)
      return { run_id: runId, ...imported }
    },
    getRun: async ({ run_id }) => store.get(run_id),
    getRunStatus: async ({ run_id }) => {
      const { status, created_at } = store.get(run_id)
      return { run_id, status, event_count: store.eventCount(run_id), created_at }
    },
    narrateRun: async ({ run_id, voice }) => {
      const { events, status } = store.get(run_id)
      return narrateRun(events, status, voice)
    },
    cancelRun: async ({ run_id }) => {
      const cancelled = (await hosted.cancelRun(run_id)) || (await runner.cancel(run_id))
      return {
        run_id,
        status: store.status(run_id),
        cancelled,
        ...(cancelled ? {} : { reason: 'already terminal' }),
      }
    },
    pauseRun: ({ run_id }) => control(run_id, 'pause'),
    resumeRun: ({ run_id }) => control(run_id, 'resume'),
    stepRun: ({ run_id }) => control(run_id, 'step'),
    listExchanges: async ({ run_id }) => {
      store.status(run_id)
      return { run_id, exchanges: exchanges.list(run_id) }
    },
    getExchange: async ({ run_id, exchange_id }) => {
      store.status(run_id)
      return exchanges.get(run_id, exchange_id)
    },
    runEvents: ({ run_id, after_seq }, signal) => {
      store.status(run_id)
      return logs.follow(run_id, after_seq, signal)
    },
  }
}
