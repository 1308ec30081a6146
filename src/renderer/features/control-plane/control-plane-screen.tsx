import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { useControlPlaneStatus } from '../../api/control-plane-queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { controlPlaneHref, navigate, useLocation } from '../../store/router.ts'
import { DelegationsPanel } from './delegations-panel.tsx'
import { RecordTable } from './panel.tsx'
import { RevocationsPanel } from './revocations-panel.tsx'
import { StatusHeader } from './status-header.tsx'
import { WebhooksPanel } from './webhooks-panel.tsx'
import './control-plane.css'

const tabs = [
  { id: 'registry', name: 'Registry', panel: () => <RecordTable kind="registry" caption="Agents" /> },
  { id: 'sessions', name: 'Sessions', panel: () => <RecordTable kind="sessions" caption="Sessions" /> },
  { id: 'tokens', name: 'Tokens', panel: () => <RecordTable kind="tokens" caption="Tokens" /> },
  { id: 'delegations', name: 'Delegations', panel: () => <DelegationsPanel /> },
  { id: 'revocations', name: 'Revocation list', panel: () => <RevocationsPanel /> },
  { id: 'trust', name: 'Trust', panel: () => <Trust /> },
  { id: 'webhooks', name: 'Webhooks', panel: () => <WebhooksPanel /> },
  {
    id: 'audit',
    name: 'Audit',
    panel: () => <RecordTable kind="audit" caption="Changes by administrators" />,
  },
] as const

/** What a Control Plane shows of the runs of this console. Nothing here changes anything there. */
export function ControlPlaneScreen() {
  const { data, error, isPending, refetch } = useControlPlaneStatus()
  const { query } = useLocation()
  const selected = tabs.find(({ id }) => id === query.get('tab')) ?? tabs[0]
  if (isPending) return <Loading what="the Control Plane" rows={6} />
  if (error)
    return <Failed title="The console could not be asked" error={error} onRetry={() => void refetch()} />
  return (
    <div className="control-plane">
      <StatusHeader status={data} />
      {data.base_url === null ? (
        <Empty title="No Control Plane is configured">
          <p className="muted">
            Runs skip the steps that need one and say so; handshakes, grants, delegations and revocations
            between agents need none. An empty <code>CP_BASE_URL</code> means none: leave it out for the one
            inside the console, or set it to the address of one.
          </p>
        </Empty>
      ) : (
        <Tabs
          className="tabs"
          selectedKey={selected.id}
          onSelectionChange={(key) => navigate(`${controlPlaneHref}?tab=${key}`)}
        >
          <TabList className="tab-list" aria-label="What the Control Plane shows">
            {tabs.map(({ id, name }) => (
              <Tab key={id} id={id} className="tab">
                {name}
              </Tab>
            ))}
          </TabList>
          {tabs.map(({ id, panel }) => (
            <TabPanel key={id} id={id} className="tab-panel content">
              {panel()}
            </TabPanel>
          ))}
        </Tabs>
      )}
    </div>
  )
}

function Trust() {
  return (
    <>
      <section aria-labelledby="anchors-title">
        <h2 id="anchors-title">Trust anchors</h2>
        <RecordTable kind="anchors" caption="Trust anchors" />
      </section>
      <section aria-labelledby="pins-title">
        <h2 id="pins-title">Pinned keys</h2>
        <RecordTable kind="pins" caption="Pinned keys" />
      </section>
    </>
  )
}
