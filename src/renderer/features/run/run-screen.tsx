import { useEffect } from 'react'
import type { AppError } from '../../../shared/errors.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { useExchanges, useRun } from '../../api/queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { libraryHref, parseHash } from '../../store/router.ts'
import type { RunLogSnapshot } from '../../store/run-log.ts'
import { keepAddress, openRunView } from '../../store/run-view.ts'
import { useRunLog } from '../../store/use-run-log.ts'
import { AgentsStrip } from './agents-strip.tsx'
import { ConnectionNotice } from './connection-notice.tsx'
import { Lenses } from './lenses.tsx'
import { useRunFacts } from './run-facts.ts'
import { RunHeader } from './run-header.tsx'
import { useFollow } from './use-follow.ts'
import { useRunKeys } from './use-run-keys.ts'
import { VerdictPanel } from './verdict-panel.tsx'
import './run.css'

export function RunScreen({ runId }: { readonly runId: string }) {
  const run = useRun(runId)
  const log = useRunLog(runId)
  useFollow(runId, log)
  useAddress()
  const failed = run.error ?? (log.connection === 'failed' ? log.error : null)
  if (run.data) return <LoadedRun run={run.data} log={log} />
  if (failed) return <NoRun error={failed} onRetry={() => void run.refetch()} />
  return <Loading what="the run" rows={8} />
}

function LoadedRun({ run, log }: { readonly run: RunRecord; readonly log: RunLogSnapshot }) {
  const exchanges = useExchanges(run.run_id, log.connection !== 'ended')
  const facts = useRunFacts(run, log, exchanges.data?.exchanges ?? none)
  useRunKeys(facts)
  return (
    <div className="run">
      <RunHeader facts={facts} connection={log.connection} />
      <ConnectionNotice connection={log.connection} />
      <VerdictPanel facts={facts} />
      <AgentsStrip facts={facts} />
      {exchanges.error ? (
        <Failed
          title="The captured messages could not be read"
          error={exchanges.error}
          onRetry={() => void exchanges.refetch()}
        />
      ) : (
        <Lenses facts={facts} />
      )}
    </div>
  )
}

const none: [] = []

function NoRun({ error, onRetry }: { readonly error: AppError; readonly onRetry: () => void }) {
  if (error.code !== 'run_not_found')
    return <Failed title="The run could not be read" error={error} onRetry={onRetry} />
  return (
    <Empty title="There is no such run">
      <p>{error.message}</p>
      <a className="button" href={libraryHref}>
        Open the library
      </a>
    </Empty>
  )
}

/** The view comes out of the address, also when the person edits it or goes back, and is kept in it. */
function useAddress(): void {
  useEffect(() => {
    const read = () => {
      const { route, query } = parseHash(location.hash)
      // On the way to another screen the query is that screen's.
      if (route.screen === 'run') openRunView(query)
    }
    read()
    addEventListener('hashchange', read)
    const stop = keepAddress()
    return () => {
      stop()
      removeEventListener('hashchange', read)
    }
  }, [])
}
