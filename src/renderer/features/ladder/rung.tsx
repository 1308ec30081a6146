import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Check, CheckStatus } from '../../../shared/report.ts'
import { Mark, type MarkState } from '../../components/mark.tsx'
import { reveal } from '../../components/reveal.ts'
import { Comparison } from './comparison.tsx'

const marks: Record<CheckStatus, MarkState> = {
  passed: 'valid',
  failed: 'refused',
  not_reached: 'pending',
  skipped: 'skipped',
}

const words: Record<CheckStatus, string> = {
  passed: 'passed',
  failed: 'failed',
  not_reached: 'not reached',
  skipped: 'skipped',
}

interface RungProps {
  readonly check: Check
  /** Skipped for want of a pin: shown in amber, because nobody knows who this is. */
  readonly unpinned: boolean
}

export function Rung({ check, unpinned }: RungProps) {
  const { status, expected, actual } = check
  const failed = status === 'failed'
  const [wanted, setWanted] = useState(false)
  const row = useRef<HTMLLIElement>(null)
  // The check that failed is what one came for, however many passed before it.
  useEffect(() => {
    if (failed) reveal(row.current, 'centre')
  }, [failed])
  const detail = status === 'passed' && (expected !== null || actual !== null)
  const line = (
    <>
      <Mark state={unpinned ? 'unpinned' : marks[status]} label={unpinned ? 'not pinned' : words[status]} />
      <span className="rung-title">{check.title}</span>
      {status === 'not_reached' ? <span className="rung-word">not reached</span> : null}
      <code className="rung-section">{check.section}</code>
    </>
  )
  return (
    <li ref={row} className={`rung ${status}${unpinned ? ' unpinned' : ''}`} data-check={check.id}>
      {detail ? (
        <Button className="rung-line" aria-expanded={wanted} onPress={() => setWanted(!wanted)}>
          {line}
        </Button>
      ) : (
        <div className="rung-line">{line}</div>
      )}
      {failed ? <Failure expected={expected} actual={actual} /> : null}
      {status === 'skipped' && actual !== null ? <p className="rung-reason">Skipped: {actual}.</p> : null}
      {detail && wanted ? <p className="rung-reason mono">{actual ?? expected}</p> : null}
    </li>
  )
}

function Failure({ expected, actual }: Pick<Check, 'expected' | 'actual'>) {
  if (expected !== null && actual !== null) return <Comparison expected={expected} actual={actual} />
  const said = actual ?? expected
  return said === null ? null : <p className="rung-reason mono">{said}</p>
}
