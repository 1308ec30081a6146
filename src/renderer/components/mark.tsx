import type { ReactNode } from 'react'

/** The states a thing can be in; each has one mark, one letter and one colour everywhere. */
export type MarkState =
  | 'valid'
  | 'pending'
  | 'expiring'
  | 'expired'
  | 'refused'
  | 'revoked'
  | 'unpinned'
  | 'skipped'

export type Tone = 'valid' | 'caution' | 'refused' | 'pending' | 'revoked' | 'muted'

interface Look {
  readonly letter: string
  readonly tone: Tone
  readonly drawing: ReactNode
}

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75 }

const looks: Record<MarkState, Look> = {
  valid: { letter: 'V', tone: 'valid', drawing: <circle cx="6" cy="6" r="4.5" fill="currentColor" /> },
  pending: {
    letter: 'P',
    tone: 'pending',
    drawing: <circle cx="6" cy="6" r="4.5" {...stroke} strokeDasharray="2 1.6" />,
  },
  expiring: {
    letter: 'E',
    tone: 'caution',
    drawing: (
      <>
        <circle cx="6" cy="6" r="4.5" {...stroke} />
        <path d="M6 6V1.5A4.5 4.5 0 0 1 10.5 6Z" fill="currentColor" />
      </>
    ),
  },
  expired: { letter: 'X', tone: 'muted', drawing: <circle cx="6" cy="6" r="4.5" {...stroke} /> },
  refused: {
    letter: 'D',
    tone: 'refused',
    drawing: <path d="M2 2l8 8M10 2l-8 8" {...stroke} strokeWidth="2.2" />,
  },
  revoked: {
    letter: 'R',
    tone: 'revoked',
    drawing: (
      <>
        <circle cx="6" cy="6" r="4.5" {...stroke} />
        <path d="M3 9l6-6" {...stroke} />
      </>
    ),
  },
  unpinned: { letter: 'U', tone: 'caution', drawing: <path d="M6 1.2 11.2 10.8H.8Z" fill="currentColor" /> },
  skipped: { letter: 'S', tone: 'muted', drawing: <path d="M2 6h8" {...stroke} strokeWidth="2.2" /> },
}

export function toneOf(state: MarkState): Tone {
  return looks[state].tone
}

interface MarkProps {
  readonly state: MarkState
  readonly label?: string
  /** Off where the states are of something else than trust, as the life of a process. */
  readonly letter?: boolean
}

/** Decoration beside text that says the same; alone it needs a `label`. */
export function Mark({ state, label, letter: shown = true }: MarkProps) {
  const { letter, tone, drawing } = looks[state]
  return (
    <span className={`mark tone-${tone}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {drawing}
      </svg>
      {shown ? (
        <span className="mark-letter" aria-hidden="true">
          {letter}
        </span>
      ) : null}
      {label === undefined ? null : <span className="visually-hidden">{label}</span>}
    </span>
  )
}
