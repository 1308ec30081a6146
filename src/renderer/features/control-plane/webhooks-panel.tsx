import { z } from 'zod'
import type { ShownRecord } from '../../api/control-plane-queries.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import type { MarkState } from '../../components/mark.tsx'
import { Fact, FactsList } from '../wire/facts-list.tsx'
import { CodesCell, StateCell, TimeCell, textOf, textsOf } from './cells.tsx'
import { Records } from './panel.tsx'

const Deliveries = z.array(z.record(z.string(), z.unknown())).nullable().catch(null)
const Breaker = z.record(z.string(), z.unknown()).nullable().catch(null)

const breakerMarks: Readonly<Record<string, MarkState>> = {
  closed: 'valid',
  half_open: 'pending',
  open: 'refused',
}
const deliveryMarks: Readonly<Record<string, MarkState>> = {
  delivered: 'valid',
  pending: 'pending',
  failed: 'refused',
}

const columns: readonly Column<ShownRecord>[] = [
  { name: 'Event', cell: (record) => <code>{textOf(record, 'eventType')}</code> },
  {
    name: 'State',
    cell: (record) => {
      const status = textOf(record, 'status')
      return status === null ? null : (
        <StateCell state={deliveryMarks[status] ?? 'pending'}>{status}</StateCell>
      )
    },
  },
  { name: 'Attempts', cell: ({ attempts }) => (typeof attempts === 'number' ? attempts : null) },
  { name: 'Answer', cell: ({ statusCode }) => (typeof statusCode === 'number' ? statusCode : null) },
  { name: 'Error', cell: (record) => <span className="whole">{textOf(record, 'error')}</span> },
  { name: 'Queued', cell: (record) => <TimeCell record={record} member="createdAt" /> },
  { name: 'Next try', cell: (record) => <TimeCell record={record} member="nextRetryAt" /> },
]

export function WebhooksPanel() {
  return (
    <Records kind="webhooks">
      {(webhooks) => webhooks.map((webhook) => <Webhook key={textOf(webhook, 'id')} webhook={webhook} />)}
    </Records>
  )
}

function Webhook({ webhook }: { readonly webhook: ShownRecord }) {
  const url = textOf(webhook, 'url') ?? 'no address'
  const deliveries = Deliveries.parse(webhook['deliveries'])
  const failed = deliveries?.filter((delivery) => textOf(delivery, 'error') !== null) ?? []
  // An attempt says more than one that was not made for want of a receiver.
  const lastError = failed.find(({ attempts }) => attempts !== 0) ?? failed[0]
  return (
    <section className="webhook" aria-label={`Webhook to ${url}`}>
      <h2 className="mono">{url}</h2>
      <FactsList>
        <Fact name="State">
          {webhook['active'] === true ? (
            <StateCell state="valid">active</StateCell>
          ) : (
            <StateCell state="skipped">paused</StateCell>
          )}
        </Fact>
        <Fact name="Breaker">
          <BreakerState breaker={Breaker.parse(webhook['breaker'])} />
        </Fact>
        <Fact name="Events">
          {textsOf(webhook, 'events').length === 0 ? (
            'every one that can be delivered'
          ) : (
            <CodesCell record={webhook} member="events" />
          )}
        </Fact>
        {lastError === undefined ? null : (
          <Fact name="Last error">
            <span className="tone-refused">{textOf(lastError, 'error')}</span>
          </Fact>
        )}
      </FactsList>
      {deliveries === null ? (
        <p className="muted">This Control Plane does not tell what it delivered.</p>
      ) : deliveries.length === 0 ? (
        <p className="muted">Nothing was delivered yet.</p>
      ) : (
        <DataTable
          caption={`Deliveries to ${url}`}
          columns={columns}
          rows={deliveries}
          keyOf={(delivery) => String(delivery['id'])}
        />
      )}
    </section>
  )
}

function BreakerState({ breaker }: { readonly breaker: ShownRecord | null }) {
  const state = breaker === null ? null : textOf(breaker, 'state')
  if (breaker === null || state === null) return <span className="muted">not told</span>
  return (
    <>
      <StateCell state={breakerMarks[state] ?? 'pending'}>{state.replace('_', ' ')}</StateCell>{' '}
      {typeof breaker['failures'] === 'number' && breaker['failures'] > 0
        ? `after ${breaker['failures']} failures in a row`
        : null}{' '}
      {breaker['nextProbeAt'] === null ? null : (
        <span className="muted">
          next try <TimeCell record={breaker} member="nextProbeAt" />
        </span>
      )}
    </>
  )
}
