import {
  Controls,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { useEffect } from 'react'
import '@xyflow/react/dist/base.css'
import { useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { selectEvent } from '../run/select-event.ts'
import { graphOf, type PartyNode, type TrustEdge } from './graph-elements.ts'
import { EdgeLine } from './trust-edge.tsx'
import { PartyBox } from './trust-party.tsx'
import { type TrustView, useMoment } from './use-trust.ts'

interface Props {
  readonly facts: RunFacts
  readonly view: TrustView
}

/** How often a clock that moves is looked at: what is expiring takes minutes to. */
const stepMs = 5_000

/** Agents, and an arrow from who holds a token to who issued it. */
export function TrustGraph({ facts, view }: Props) {
  const { selection } = useRunView()
  const atMs = Math.floor(useMoment(view) / stepMs) * stepMs
  const { nodes, edges } = graphOf(facts, view, selection, atMs)
  const choose = (seq: number | null | undefined) => {
    const event = facts.events[(seq ?? 0) - 1]
    if (event) selectEvent(event, facts.exchanges)
  }
  const onNodesChange = (changes: readonly NodeChange<PartyNode>[]) => {
    const id = selectedIn(changes)
    if (id !== undefined) choose(nodes.find((node) => node.id === id)?.data.seq)
  }
  const onEdgesChange = (changes: readonly EdgeChange<TrustEdge>[]) => {
    const id = selectedIn(changes)
    if (id !== undefined) choose(edges.find((edge) => edge.id === id)?.data?.look.seq)
  }
  return (
    <ReactFlowProvider>
      <div className="trust-graph">
        <ReactFlow
          aria-label="Trust graph"
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          nodesDraggable={false}
          nodesConnectable={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={null}
          minZoom={0.02}
          maxZoom={2}
          ariaLabelConfig={descriptions}
          proOptions={{ hideAttribution: true }}
        >
          <Controls showInteractive={false} />
          <Fitting count={nodes.length} />
        </ReactFlow>
      </div>
      <p className="trust-legend">
        A solid arrow leads from the holder of a token to its issuer: the one may ask the other. A dashed one
        leads from who delegates to whom.
      </p>
    </ReactFlowProvider>
  )
}

const nodeTypes = { party: PartyBox }
const edgeTypes = { trust: EdgeLine }
const descriptions = {
  'node.a11yDescription.default': 'Enter selects the event that told of this agent.',
  'edge.a11yDescription.default': 'Enter selects the event that made it so.',
}

/** The whole graph is in view, little enlarged at most, whenever there are more agents or there is less room. */
function Fitting({ count }: { readonly count: number }) {
  const { fitView } = useReactFlow()
  const width = useStore((store) => store.width)
  const height = useStore((store) => store.height)
  useEffect(() => {
    if (count > 0 && width > 0 && height > 0) void fitView({ padding: 0.12, maxZoom: 1.25 })
  }, [fitView, count, width, height])
  return null
}

function selectedIn(changes: readonly (NodeChange<PartyNode> | EdgeChange<TrustEdge>)[]): string | undefined {
  const change = changes.find((candidate) => candidate.type === 'select' && candidate.selected)
  return change?.type === 'select' ? change.id : undefined
}
