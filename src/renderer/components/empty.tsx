import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import type { AppError } from '../../shared/errors.ts'
import { CopyButton } from './copy-button.tsx'
import { Mark } from './mark.tsx'

/** Why there is nothing here, and what to do next. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h3>{title}</h3>
      {children}
    </div>
  )
}

interface FailedProps {
  readonly title: string
  readonly error: AppError
  readonly onRetry?: () => void
}

/** What could not be done, the host's own sentence, and a way on. */
export function Failed({ title, error, onRetry }: FailedProps) {
  return (
    <div className="empty" role="alert">
      <h3>
        <Mark state="refused" /> {title}
      </h3>
      <p>{error.message}</p>
      <p className="muted small">
        Code <code>{error.code}</code>
        <CopyButton text={`${error.code}: ${error.message}`} what="the error" />
      </p>
      {onRetry ? (
        <Button className="button" onPress={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  )
}

const widths = ['80%', '68%', '74%', '52%', '77%', '60%', '71%', '45%'] as const

/** Bars where rows will be, so that nothing jumps when they arrive. */
export function Loading({ what, rows = 4 }: { readonly what: string; readonly rows?: number }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}</span>
      {widths.slice(0, rows).map((width) => (
        <div key={width} className="skeleton" style={{ width }} />
      ))}
    </div>
  )
}
