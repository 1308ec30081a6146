import { Table2 } from 'lucide-react'
import { Tab, TabList, TabPanel, Tabs, ToggleButton } from 'react-aria-components'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { type Lens, lenses, setAsTable, setLens, useRunView } from '../../store/run-view.ts'
import { Output } from '../output/output.tsx'
import { ProjectionsLens } from '../projections/projections-lens.tsx'
import { Sequence } from '../sequence/sequence.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import { TrustLens } from '../trust/trust-lens.tsx'
import { Inspector } from '../wire/inspector.tsx'
import type { RunFacts } from './run-facts.ts'

const lensNames: Record<Lens, string> = {
  sequence: 'Sequence',
  timeline: 'Timeline',
  output: 'Output',
  'control-plane': 'Control Plane',
  trust: 'Trust',
}

/** Those that draw, and can show the same as a table. */
const drawn: readonly Lens[] = ['sequence', 'trust']

export function Lenses({ facts }: { readonly facts: RunFacts }) {
  const { lens, selection, asTable } = useRunView()
  const selected = selection.exchangeId !== null || selection.eventSeq !== null
  return (
    <Group className="lenses" orientation="horizontal">
      <Panel id="lens" minSize="36%">
        <Tabs
          className="tabs lens-tabs"
          selectedKey={lens}
          onSelectionChange={(key) => setLens(lenses.find((name) => name === key) ?? 'sequence')}
        >
          <div className="lens-bar">
            <TabList className="tab-list" aria-label="Lenses">
              {lenses.map((name, index) => (
                <Tab key={name} id={name} className="tab">
                  {lensNames[name]} <kbd className="shortcut">{index + 1}</kbd>
                </Tab>
              ))}
            </TabList>
            {drawn.includes(lens) ? (
              <ToggleButton
                className="button plain"
                isSelected={asTable.has(lens)}
                onChange={(on) => setAsTable(lens, on)}
              >
                <Table2 size={16} aria-hidden /> {asTable.has(lens) ? 'Show as drawing' : 'Show as table'}
              </ToggleButton>
            ) : null}
          </div>
          <TabPanel id="sequence" className="tab-panel content">
            <Sequence facts={facts} />
          </TabPanel>
          <TabPanel id="timeline" className="tab-panel timeline-panel">
            <Timeline facts={facts} />
          </TabPanel>
          <TabPanel id="output" className="tab-panel content">
            <Output facts={facts} />
          </TabPanel>
          <TabPanel id="control-plane" className="tab-panel content">
            <ProjectionsLens facts={facts} />
          </TabPanel>
          <TabPanel id="trust" className="tab-panel content">
            <TrustLens facts={facts} />
          </TabPanel>
        </Tabs>
      </Panel>
      {selected ? (
        <>
          <Separator className="separator" aria-label="Width of the inspector" />
          <Panel id="inspector" defaultSize="44%" minSize="30%">
            <Inspector facts={facts} />
          </Panel>
        </>
      ) : null}
    </Group>
  )
}
