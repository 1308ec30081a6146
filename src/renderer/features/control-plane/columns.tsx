import type { ReactNode } from 'react'
import type { RecordKind, ShownRecord } from '../../api/control-plane-queries.ts'
import type { Column } from '../../components/data-table.tsx'
import type { MarkState } from '../../components/mark.tsx'
import { AidCell, CodesCell, IdCell, RunCell, StateCell, secondsOf, TimeCell, textOf } from './cells.tsx'

type ShownColumn = Column<ShownRecord>

const column = (name: string, cell: (record: ShownRecord) => ReactNode): ShownColumn => ({ name, cell })
const text = (name: string, member: string) => column(name, (record) => textOf(record, member))
const code = (name: string, member: string) =>
  column(name, (record) => <code className="whole">{textOf(record, member)}</code>)
const time = (name: string, member: string) =>
  column(name, (record) => <TimeCell record={record} member={member} />)
const aid = (name: string, member: string, what: string) =>
  column(name, (record) => <AidCell record={record} member={member} what={what} />)
const id = (name: string, member: string, what: string) =>
  column(name, (record) => <IdCell record={record} member={member} what={what} />)
const codes = (name: string, member: string) =>
  column(name, (record) => <CodesCell record={record} member={member} />)
const state = (marks: Readonly<Record<string, MarkState>>) =>
  column('State', (record) => {
    const word = textOf(record, 'status')
    return word === null ? null : <StateCell state={marks[word] ?? 'pending'}>{word}</StateCell>
  })

/** Tokens and delegations carry no word for it: it follows from their members and the clock. */
export function lifeOf(record: ShownRecord): ReactNode {
  if (record['revoked'] === true) return <StateCell state="revoked">revoked</StateCell>
  const expires = secondsOf(record, 'expiresAt')
  if (expires !== null && expires * 1_000 <= Date.now()) return <StateCell state="expired">expired</StateCell>
  return <StateCell state="valid">active</StateCell>
}

export const columnsOf: Readonly<
  Record<Exclude<RecordKind, 'webhooks' | 'delegations'>, readonly ShownColumn[]>
> = {
  registry: [
    text('Agent', 'displayName'),
    state({ active: 'valid', expired: 'expired', deregistered: 'skipped' }),
    aid('AID', 'aid', 'the AID of the agent'),
    codes('Offers', 'offeredCaps'),
    code('Handshake endpoint', 'handshakeEndpoint'),
    time('Registered', 'registeredAt'),
  ],
  sessions: [
    id('Session', 'sessionId', 'the session id'),
    state({ complete: 'valid', failed: 'refused', started: 'pending' }),
    aid('Initiator', 'aidA', 'the AID of the initiator'),
    aid('Responder', 'aidB', 'the AID of the responder'),
    codes('Grants', 'grants'),
    time('Started', 'startedAt'),
    column('Run', (record) => <RunCell record={record} member="runId" />),
  ],
  tokens: [
    id('Token (TCT)', 'jti', 'the id of the token'),
    column('State', lifeOf),
    aid('Issued by', 'issuer', 'the AID of the issuer'),
    aid('Held by', 'subject', 'the AID of the holder'),
    codes('Grants', 'grants'),
    time('Expires', 'expiresAt'),
  ],
  anchors: [
    code('Issuer', 'issuerUrl'),
    text('Name', 'label'),
    text('Namespace', 'namespace'),
    code('Keys from', 'jwksUrl'),
    time('Added', 'createdAt'),
  ],
  pins: [
    aid('AID', 'aid', 'the pinned AID'),
    text('Name', 'label'),
    text('Namespace', 'namespace'),
    id('Public key', 'pubkey', 'the pinned key'),
    time('Expires', 'expiresAt'),
    time('Added', 'createdAt'),
  ],
  audit: [
    column('Action', (record) => <span className="cut">{textOf(record, 'action')}</span>),
    column('Of', (record) =>
      textOf(record, 'targetId')?.startsWith('aid:') ? (
        <AidCell record={record} member="targetId" what="the AID it was done to" />
      ) : (
        <IdCell record={record} member="targetId" what="the id it was done to" />
      ),
    ),
    id('By', 'actorId', 'who did it'),
    column('Details', (record) =>
      record['details'] ? <code className="whole">{JSON.stringify(record['details'])}</code> : null,
    ),
    id('Request', 'requestId', 'the request id'),
    time('At', 'createdAt'),
  ],
}
