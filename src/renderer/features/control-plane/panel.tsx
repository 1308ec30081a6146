import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { RecordKind, Shown, ShownRecord } from '../../api/control-plane-queries.ts'
import { useShownRecords } from '../../api/control-plane-queries.ts'
import { DataTable } from '../../components/data-table.tsx'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { columnsOf } from './columns.tsx'

interface AnsweredProps<Answer extends { readonly reachable: boolean }> {
  readonly query: UseQueryResult<Answer>
  /** What is asked for, as in “Loading the sessions”. */
  readonly what: string
  readonly children: (answer: Answer) => ReactNode
}

/** What is there to see of an answer of the Control Plane, or why there is none. */
export function Answered<Answer extends { readonly reachable: boolean }>({
  query: { data, error, isPending, refetch },
  what,
  children,
}: AnsweredProps<Answer>) {
  if (isPending) return <Loading what={what} />
  if (error) return <Failed title={`Could not read ${what}`} error={error} onRetry={() => void refetch()} />
  if (!data.reachable)
    return (
      <Empty title={`The Control Plane did not answer for ${what}`}>
        <p className="muted">It is asked again every few seconds while this is open.</p>
      </Empty>
    )
  return children(data)
}

/** What is asked for, and why there may be none. */
interface Words {
  readonly what: string
  readonly none: string
  readonly why: string
}

const words: Readonly<Record<RecordKind, Words>> = {
  registry: {
    what: 'the registry',
    none: 'No agent is registered',
    why: 'Agents register in scenarios that enrol them with the Control Plane.',
  },
  sessions: {
    what: 'the sessions',
    none: 'No session yet',
    why: 'A session is made of the handshake events that a run reports.',
  },
  tokens: {
    what: 'the tokens',
    none: 'No token yet',
    why: 'Tokens are made of the handshakes that runs report.',
  },
  delegations: {
    what: 'the delegations',
    none: 'No delegation yet',
    why: 'Run a scenario that delegates; each hop is shown below the one it came from.',
  },
  anchors: {
    what: 'the trust anchors',
    none: 'No trust anchor',
    why: 'A step of a scenario adds the issuers of identities that its agents accept.',
  },
  pins: {
    what: 'the pinned keys',
    none: 'No pinned key',
    why: 'A step of a scenario pins the keys of agents that are known in advance.',
  },
  webhooks: {
    what: 'the webhooks',
    none: 'No webhook is subscribed',
    why: 'A subscription ends with the run that made it.',
  },
  audit: {
    what: 'the audit log',
    none: 'Nothing was changed by an administrator',
    why: 'Registrations, revocations, webhooks and changes of trust are kept here.',
  },
}

interface RecordsProps {
  readonly kind: RecordKind
  readonly children: (records: readonly ShownRecord[]) => ReactNode
}

/** Records of one kind, kept up to date while they are shown. */
export function Records({ kind, children }: RecordsProps) {
  const query = useShownRecords(kind)
  const { what, none, why } = words[kind]
  return (
    <Answered<Shown> query={query} what={what}>
      {({ records }) =>
        records.length === 0 ? (
          <Empty title={none}>
            <p className="muted">{why}</p>
          </Empty>
        ) : (
          children(records)
        )
      }
    </Answered>
  )
}

interface RecordTableProps {
  readonly kind: keyof typeof columnsOf
  readonly caption: string
}

const ids = ['sessionId', 'jti', 'id', 'aid'] as const

export function RecordTable({ kind, caption }: RecordTableProps) {
  return (
    <Records kind={kind}>
      {(records) => (
        <DataTable
          caption={caption}
          columns={columnsOf[kind]}
          rows={records}
          keyOf={(record) => ids.map((member) => String(record[member] ?? '')).join(' ')}
        />
      )}
    </Records>
  )
}
