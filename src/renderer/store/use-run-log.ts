import { useEffect, useState, useSyncExternalStore } from 'react'
import { useClient } from '../api/client-context.ts'
import { RunLog, type RunLogSnapshot } from './run-log.ts'

/** The log of a run; the component that calls this is keyed by the run id. */
export function useRunLog(runId: string): RunLogSnapshot {
  const client = useClient()
  const [log] = useState(() => new RunLog({ client, runId, onNextFrame, wait }))
  useEffect(() => {
    log.open()
    return () => log.close()
  }, [log])
  return useSyncExternalStore(log.subscribe, log.getSnapshot)
}

/** A hidden page gets no frames but shall not fall behind for ever. */
function onNextFrame(callback: () => void): void {
  if (document.visibilityState === 'hidden') setTimeout(callback, 100)
  else requestAnimationFrame(callback)
}

function wait(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
