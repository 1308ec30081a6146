import { ArrowRight } from 'lucide-react'
import { Tab, TabList, TabPanel, Tabs, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { ExchangeDetail } from '../../../shared/exchange.ts'
import { Mark } from '../../components/mark.tsx'
import { type InspectorTab, inspectorTabs, select, setTab, useRunView } from '../../store/run-view.ts'
import { isBad, markOf, messageState, outcomeWord } from '../run/message-state.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { BodyTab } from './body-tab.tsx'
import { ChecksTab } from './checks-tab.tsx'
import { HttpTab } from './http-tab.tsx'
import { SummaryTab } from './summary-tab.tsx'
import { TokensTab } from './tokens-tab.tsx'
import type { WireProps } from './wire-props.ts'

const tabNames: Record<InspectorTab, string> = {
  summary: 'Summary',
  http: 'HTTP',
  body: 'Body',
  tokens: 'Tokens',
  checks: 'Checks',
}

interface MessageDetailProps {
  readonly exchange: ExchangeDetail
  readonly facts: RunFacts
}

export function MessageDetail({ exchange, facts }: MessageDetailProps) {
  const { tab, selection } = useRunView()
  const message =
    exchange.messages.find(({ direction }) => direction === selection.direction) ?? exchange.messages[0]
  if (!message) return null
  const props = { exchange, message, facts }
  return (
    <>
      <InspectorHead exchange={exchange} message={message} facts={facts} />
      <Tabs
        className="tabs inspector-tabs"
        selectedKey={tab}
        onSelectionChange={(key) => setTab(inspectorTabs.find((name) => name === key) ?? 'summary')}
      >
        <TabList className="tab-list" aria-label="Parts of the message">
          {inspectorTabs.map((name) => (
            <Tab key={name} id={name} className="tab">
              {tabNames[name]}
              {name === 'tokens' && message.tokens.length > 0 ? (
                <span className="muted">{message.tokens.length}</span>
              ) : null}
              {name === 'checks' && isBad(messageState(message)) ? (
                <Mark state="refused" label="failed" />
              ) : null}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="summary" className="tab-panel inspector-panel content">
          <SummaryTab {...props} />
        </TabPanel>
        <TabPanel id="http" className="tab-panel inspector-panel content">
          <HttpTab {...props} />
        </TabPanel>
        <TabPanel id="body" className="tab-panel inspector-panel content">
          <BodyTab {...props} />
        </TabPanel>
        <TabPanel id="tokens" className="tab-panel inspector-panel content">
          <TokensTab {...props} />
        </TabPanel>
        <TabPanel id="checks" className="tab-panel inspector-panel content">
          <ChecksTab {...props} />
        </TabPanel>
      </Tabs>
    </>
  )
}

function InspectorHead({ exchange, message, facts: { names } }: WireProps) {
  const state = messageState(message)
  return (
    <header className="inspector-head">
      <ToggleButtonGroup
        className="direction"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[message.direction]}
        aria-label="Message of the exchange"
        onSelectionChange={(keys) =>
          select({
            exchangeId: exchange.exchange_id,
            direction: keys.has('response') ? 'response' : 'request',
          })
        }
      >
        {exchange.messages.map(({ direction, kind }) => (
          <ToggleButton key={direction} id={direction} className="direction-option mono">
            {kind}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <h2 className="inspector-title">
        <span>{names.ofId(message.from)}</span>
        <ArrowRight size={18} role="img" aria-label="to" />
        <span>{names.ofId(message.to)}</span>
        <span className={`inspector-outcome ${isBad(state) ? 'tone-refused' : ''}`}>
          <Mark state={markOf(state)} /> {outcomeWord(message)}
        </span>
        {message.code === null ? null : <code className="tone-refused">{message.code}</code>}
      </h2>
    </header>
  )
}
