import type { Participant } from '../run/participants.ts'

interface LifelinesProps {
  readonly participants: readonly Participant[]
  readonly end: 'top' | 'bottom'
}

/** Who the lifelines belong to: name, organisation and key suite, on top and again at the bottom. */
export function Lifelines({ participants, end }: LifelinesProps) {
  return (
    <div className={`lifelines ${end}`} aria-hidden={end === 'bottom'}>
      <span className="sequence-gutter" />
      <div className="lifelines-lanes">
        {participants.map(({ id, name, about }) => (
          <div key={id} className="lifeline-head">
            <strong>{name}</strong>
            <span className="muted">{about}</span>
          </div>
        ))}
      </div>
    </div>
  )
}
