import { EdgeLabelRenderer, type EdgeProps, useStoreApi } from '@xyflow/react'
import { Button } from 'react-aria-components'
import { Mark } from '../../components/mark.tsx'
import type { TrustEdge } from './graph-elements.ts'

/** An arrow with its state and its grants; the label is for the mouse, the arrow itself takes the keys. */
export function EdgeLine({ id, data, selected = false }: EdgeProps<TrustEdge>) {
  const store = useStoreApi()
  if (!data) return null
  const { kind, look, curve, isLabelled } = data
  return (
    <>
      <path className="trust-reach" d={curve.path} />
      <path className="trust-line" d={curve.path} />
      <path className="trust-tip" d={curve.head} />
      {isLabelled ? (
        <EdgeLabelRenderer>
          <Button
            className={selected ? 'trust-label nopan selected' : 'trust-label nopan'}
            excludeFromTabOrder
            style={{ transform: `translate(-50%, -50%) translate(${curve.label.x}px, ${curve.label.y}px)` }}
            onPress={() => store.getState().addSelectedEdges([id])}
          >
            <span className="ticket-line">
              <Mark state={look.mark} /> {kind === 'delegation' ? `delegation, ${look.word}` : look.word}
            </span>
            {look.code === null ? null : <code>{look.code}</code>}
            {look.token?.grants.map((grant) => (
              <code key={grant}>{grant}</code>
            ))}
          </Button>
        </EdgeLabelRenderer>
      ) : null}
    </>
  )
}
