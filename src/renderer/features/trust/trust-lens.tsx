import { memo } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { Empty } from '../../components/empty.tsx'
import { offset } from '../../components/time.tsx'
import { useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { TrustGraph } from './trust-graph.tsx'
import { TrustMatrix } from './trust-matrix.tsx'
import { type TrustView, useTrust } from './use-trust.ts'
import './trust.css'

/** Who may ask whom for what: now, or as it was at the selected event. */
export function TrustLens({ facts }: { readonly facts: RunFacts }) {
  const view = useTrust(facts)
  return (
    <div className="trust-lens">
      <Moment facts={facts} view={view} />
      {view.state.pairs.size === 0 ? <NoTrust view={view} /> : <Picture facts={facts} view={view} />}
    </div>
  )
}

interface Props {
  readonly facts: RunFacts
  readonly view: TrustView
}

/** Not drawn again with every second that the clock moves on. */
const Picture = memo(function Picture({ facts, view }: Props) {
  const asTable = useRunView((chosen) => chosen.asTable.has('trust'))
  return asTable ? <TrustMatrix facts={facts} view={view} /> : <TrustGraph facts={facts} view={view} />
})

function Moment({ facts: { events }, view: { upTo, state } }: Props) {
  const { trustAtSelection } = useRunView()
  const event = events[(upTo ?? 0) - 1]
  const held = state.tokens.filter((token) => token.kind === 'tct' && token.state.kind === 'valid').length
  return (
    <div className="trust-bar">
      <p role="status" className="muted">
        {held === 1 ? '1 valid token' : `${held} valid tokens`}{' '}
        {event ? `at event ${event.seq}, ${offset(event.offset_ms)} s` : 'now'}
        {trustAtSelection && !event ? '; nothing is selected' : ''}
      </p>
      <ToggleButtonGroup
        className="direction"
        selectionMode="single"
        aria-label="Moment"
        disallowEmptySelection
        selectedKeys={[trustAtSelection ? 'selected' : 'now']}
        onSelectionChange={(keys) => useRunView.setState({ trustAtSelection: keys.has('selected') })}
      >
        <ToggleButton id="now" className="direction-option">
          Now
        </ToggleButton>
        <ToggleButton id="selected" className="direction-option">
          At the selected event
        </ToggleButton>
      </ToggleButtonGroup>
    </div>
  )
}

function NoTrust({ view: { over, upTo } }: { readonly view: TrustView }) {
  if (over)
    return (
      <Empty title="Nobody trusted anybody">
        <p className="muted">The run ended, and no agent had asked another for a token.</p>
      </Empty>
    )
  return (
    <Empty title="No trust yet">
      <p className="muted">
        {upTo === null
          ? 'A direction of trust appears when a handshake begins, and becomes valid when the holder has verified its token.'
          : 'At the selected event no handshake had begun.'}
      </p>
    </Empty>
  )
}
