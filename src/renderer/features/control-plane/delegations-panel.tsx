import { CornerDownRight } from 'lucide-react'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { AidCell, CodesCell, IdCell, TimeCell } from './cells.tsx'
import { lifeOf } from './columns.tsx'
import { type Hop, inTreeOrder } from './delegation-tree.ts'
import { Records } from './panel.tsx'

const columns: readonly Column<Hop>[] = [
  {
    name: 'Delegation',
    cell: ({ record, depth }) => (
      <span className="hop" style={{ paddingInlineStart: `${depth * 20}px` }}>
        {depth === 0 ? null : <CornerDownRight size={16} aria-hidden />}
        <span className="visually-hidden">Hop {depth + 1} </span>
        <IdCell record={record} member="jti" what="the id of the delegation" />
      </span>
    ),
  },
  { name: 'State', cell: ({ record }) => lifeOf(record) },
  {
    name: 'From',
    cell: ({ record }) => <AidCell record={record} member="delegator" what="the AID of the delegator" />,
  },
  {
    name: 'To',
    cell: ({ record }) => <AidCell record={record} member="delegatee" what="the AID of the delegatee" />,
  },
  { name: 'Scope', cell: ({ record }) => <CodesCell record={record} member="scope" /> },
  {
    name: 'Came from',
    cell: ({ record, depth }) => (
      <>
        <span className="muted">{depth === 0 ? 'token' : 'delegation'} </span>
        <IdCell record={record} member="parentJti" what="the id it came from" />
      </>
    ),
  },
  { name: 'Expires', cell: ({ record }) => <TimeCell record={record} member="expiresAt" /> },
]

export function DelegationsPanel() {
  return (
    <Records kind="delegations">
      {(records) => (
        <DataTable
          caption="Delegations, each below the one it came from"
          columns={columns}
          rows={inTreeOrder(records)}
          keyOf={({ record }) => String(record['jti'])}
        />
      )}
    </Records>
  )
}
