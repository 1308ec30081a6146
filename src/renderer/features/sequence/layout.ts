import type { Participant } from '../run/participants.ts'

/** The middle of a lane as a fraction of the width of the drawing. */
export function laneCentre(index: number, lanes: number): number {
  return (index + 0.5) / lanes
}

export interface Span {
  readonly left: number
  readonly width: number
  readonly rightward: boolean
}

/** Where an arrow lies, in fractions of the width. An arrow to oneself gets half a lane. */
export function spanOf(from: string, to: string, participants: readonly Participant[]): Span {
  const lanes = participants.length
  const start = laneCentre(indexOf(from, participants), lanes)
  const end = laneCentre(indexOf(to, participants), lanes)
  if (start === end) return { left: start, width: 0.5 / lanes, rightward: true }
  return { left: Math.min(start, end), width: Math.abs(end - start), rightward: end > start }
}

export function indexOf(id: string, participants: readonly Participant[]): number {
  return Math.max(
    0,
    participants.findIndex((participant) => participant.id === id),
  )
}

export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(4)}%`
}
