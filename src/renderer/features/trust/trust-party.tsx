import { Handle, type NodeProps, Position } from '@xyflow/react'
import { Mark } from '../../components/mark.tsx'
import { agentLooks } from '../run/agents-strip.tsx'
import type { PartyNode } from './graph-elements.ts'

export function PartyBox({ data: { party } }: NodeProps<PartyNode>) {
  const { state, word } = agentLooks[party.state]
  return (
    <div className="trust-party">
      {/* No edge is drawn without them, though each finds its own place on the border. */}
      <Handle type="source" position={Position.Top} isConnectable={false} className="trust-handle" />
      <Handle type="target" position={Position.Top} isConnectable={false} className="trust-handle" />
      <strong>{party.name}</strong>
      <span className="muted">
        {party.agent === null ? (
          party.about
        ) : (
          <>
            {party.agent.org} <Mark state={state} letter={false} /> {word}
          </>
        )}
      </span>
    </div>
  )
}
