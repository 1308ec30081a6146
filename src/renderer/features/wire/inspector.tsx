import { X } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useExchange } from '../../api/queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { nothingSelected, select, useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { EventDetail } from './event-detail.tsx'
import { MessageDetail } from './message-detail.tsx'
import './wire.css'

/** What is selected, whole: the message with its bytes, tokens and checks, or the event that has no message. */
export function Inspector({ facts }: { readonly facts: RunFacts }) {
  const { exchangeId, eventSeq } = useRunView(({ selection }) => selection)
  const event = eventSeq === null ? undefined : facts.events[eventSeq - 1]
  return (
    <aside className="inspector" aria-label="Wire inspector">
      <Button className="button plain icon inspector-close" aria-label="Close the inspector" onPress={close}>
        <X size={18} aria-hidden />
      </Button>
      {exchangeId === null ? (
        event ? (
          <EventDetail event={event} facts={facts} />
        ) : (
          <Empty title="This event has not arrived yet" />
        )
      ) : (
        <ExchangeDetail key={exchangeId} exchangeId={exchangeId} facts={facts} />
      )}
    </aside>
  )
}

function close(): void {
  select(nothingSelected)
}

interface ExchangeProps {
  readonly exchangeId: string
  readonly facts: RunFacts
}

function ExchangeDetail({ exchangeId, facts }: ExchangeProps) {
  const { data, error, isPending, refetch } = useExchange(facts.runId, exchangeId)
  if (isPending) return <Loading what="the message" />
  if (error?.code === 'exchange_not_found' && !facts.over)
    return (
      <Empty title="Not captured yet">
        <p className="muted">The event names a message that neither side has reported so far.</p>
      </Empty>
    )
  if (!data)
    return <Failed title="The message could not be read" error={error} onRetry={() => void refetch()} />
  return <MessageDetail exchange={data} facts={facts} />
}
