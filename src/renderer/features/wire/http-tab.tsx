import type { ReactNode } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import { type Sight, sightsOf } from './captures.ts'
import type { WireProps } from './wire-props.ts'

/** What the headers that AITP and tracing use mean. */
const meanings: Record<string, string> = {
  'x-aitp-tct': 'the token that the caller presents',
  'x-aitp-session-id': 'finds the handshake this message belongs to; gives no rights',
  traceparent: 'joins what both sides captured; its third part is the exchange id',
  baggage: 'which operation of the console led here',
  'cache-control': 'whether the answer may be kept',
}

export function HttpTab({ exchange, message, facts: { names } }: WireProps) {
  const sights = sightsOf(exchange, message)
  if (sights.length === 0)
    return (
      <Empty title="No side has reported it">
        <p className="muted">Headers are shown when an agent has sent its capture.</p>
      </Empty>
    )
  const [first, second] = sights
  return (
    <>
      {first ? (
        <>
          <p className="start-line mono">
            {startLine(first, message.direction)}
            <CopyButton text={startLine(first, message.direction)} what="the first line" />
          </p>
          <Headers
            title={`As ${names.ofId(first.capture.agent_id)} sent them`}
            sight={first}
            other={second}
          />
        </>
      ) : null}
      {second ? (
        <Headers
          title={`As ${names.ofId(second.capture.agent_id)} received them`}
          sight={second}
          other={first}
        />
      ) : null}
    </>
  )
}

function startLine({ capture }: Sight, direction: 'request' | 'response'): string {
  return direction === 'request'
    ? `${capture.request.method} ${capture.request.url}`
    : `HTTP ${capture.response?.status ?? ''}`
}

interface HeadersProps {
  readonly title: string
  readonly sight: Sight
  readonly other: Sight | undefined
}

function Headers({ title, sight, other }: HeadersProps): ReactNode {
  const known = new Set(other?.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`))
  return (
    <section className="headers" aria-label={title}>
      <h3>{title}</h3>
      <dl className="fact-list headers-list">
        {sight.headers.map(([name, value]) => {
          const only = other !== undefined && !known.has(`${name.toLowerCase()}: ${value}`)
          return (
            <div key={`${name} ${value}`}>
              <dt className="mono">{name}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton text={value} what={name} />
                {only ? <span className="chip">only this side</span> : null}
                {meanings[name.toLowerCase()] ? (
                  <p className="muted small">{meanings[name.toLowerCase()]}</p>
                ) : null}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}
