import { useSyncExternalStore } from 'react'
import { duration } from '../../shared/duration.ts'

const clock = {
  now: Date.now(),
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
}

/** One timer for every shown time, running only while one is shown. */
function subscribe(changed: () => void): () => void {
  clock.listeners.add(changed)
  clock.timer ??= setInterval(() => {
    clock.now = Date.now()
    for (const listener of clock.listeners) listener()
  }, 1_000)
  return () => {
    clock.listeners.delete(changed)
    if (clock.listeners.size > 0) return
    clearInterval(clock.timer)
    clock.timer = undefined
  }
}

/** Milliseconds since the epoch, moving once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => clock.now)
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export function absoluteTime(seconds: number): string {
  return absolute.format(seconds * 1_000)
}

/** `4 min ago`, `in 56 min`. */
export function relativeTime(seconds: number, nowMs: number): string {
  const distance = Math.round(seconds - nowMs / 1_000)
  if (Math.abs(distance) < 5) return 'now'
  const text = duration(Math.abs(distance) * 1_000)
  return distance < 0 ? `${text} ago` : `in ${text}`
}

/** Time since the start of a run, aligned in a column: `0.412`. */
export function offset(ms: number): string {
  return (ms / 1_000).toFixed(3)
}

export function Time({ seconds }: { readonly seconds: number }) {
  const now = useNow()
  return (
    <time dateTime={new Date(seconds * 1_000).toISOString()}>
      {absoluteTime(seconds)} <span className="muted">({relativeTime(seconds, now)})</span>
    </time>
  )
}
