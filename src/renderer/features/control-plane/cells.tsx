import type { ReactNode } from 'react'
import { cutAid } from '../../../shared/cut.ts'
import type { ShownRecord } from '../../api/control-plane-queries.ts'
import { Cut } from '../../components/cut.tsx'
import { Mark, type MarkState } from '../../components/mark.tsx'
import { Time } from '../../components/time.tsx'
import { runHref } from '../../store/router.ts'

/** A member as text; `null` where it is absent or something else. */
export function textOf(record: ShownRecord, member: string): string | null {
  const value = record[member]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The texts of a list; none where it is absent or something else. */
export function textsOf(record: ShownRecord, member: string): readonly string[] {
  const value = record[member]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** Unix seconds of a time that is written as ISO 8601 or as Unix milliseconds. */
export function secondsOf(record: ShownRecord, member: string): number | null {
  const value = record[member]
  const ms = typeof value === 'number' ? value : Date.parse(typeof value === 'string' ? value : '')
  return Number.isFinite(ms) ? ms / 1_000 : null
}

interface CellProps {
  readonly record: ShownRecord
  readonly member: string
}

export function TimeCell({ record, member }: CellProps): ReactNode {
  const seconds = secondsOf(record, member)
  return seconds === null ? null : <Time seconds={seconds} />
}

interface NamedCellProps extends CellProps {
  /** What is copied, in words. */
  readonly what: string
}

export function AidCell({ record, member, what }: NamedCellProps): ReactNode {
  const aid = textOf(record, member)
  return aid === null ? null : <Cut value={aid} what={what} short={cutAid(aid)} />
}

export function IdCell({ record, member, what }: NamedCellProps): ReactNode {
  const id = textOf(record, member)
  return id === null ? null : <Cut value={id} what={what} />
}

/** Grants, scopes, events: one under the other, as they are written. */
export function CodesCell({ record, member }: CellProps): ReactNode {
  return textsOf(record, member).map((code) => (
    <code key={code} className="block">
      {code}
    </code>
  ))
}

export function RunCell({ record, member }: CellProps): ReactNode {
  const runId = textOf(record, member)
  return runId === null ? null : (
    <a href={runHref(runId)}>
      <code>{runId.slice(0, 8)}</code>
    </a>
  )
}

/** A state in its own word, with the mark that it has everywhere. */
export function StateCell({ state, children }: { readonly state: MarkState; readonly children: ReactNode }) {
  return (
    <span className="state">
      <Mark state={state} /> {children}
    </span>
  )
}
