import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { isTerminalEvent } from '../../../shared/events.ts'
import { keys } from '../../api/queries.ts'
import type { RunLogSnapshot } from '../../store/run-log.ts'

const throttleMs = 200

/** Asks for captures when an event names one, and for the record when an agent came up or the run ended. */
export function useFollow(runId: string, log: RunLogSnapshot): void {
  const queries = useQueryClient()
  const seen = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wanted = useRef({ exchanges: false, run: false })

  useEffect(() => {
    for (const event of log.events.slice(seen.current, log.count)) {
      if (event.exchange_id !== undefined) wanted.current.exchanges = true
      if (event.type === 'agent.ready' || event.type === 'run.started') wanted.current.run = true
      if (isTerminalEvent(event)) wanted.current = { exchanges: true, run: true }
    }
    seen.current = log.count
    if (log.connection === 'ended') wanted.current = { exchanges: true, run: true }
    if (timer.current !== undefined || !(wanted.current.exchanges || wanted.current.run)) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      const { exchanges, run } = wanted.current
      wanted.current = { exchanges: false, run: false }
      if (run) void queries.invalidateQueries({ queryKey: keys.run(runId), exact: true })
      if (exchanges) {
        void queries.invalidateQueries({ queryKey: keys.exchanges(runId) })
        void queries.invalidateQueries({ queryKey: [...keys.run(runId), 'exchange'] })
      }
    }, throttleMs)
  }, [queries, runId, log])

  useEffect(() => () => clearTimeout(timer.current), [])
}
