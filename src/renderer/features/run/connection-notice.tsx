import { Mark } from '../../components/mark.tsx'
import type { Connection } from '../../store/run-log.ts'

/** Silent while all is well; says what still happens when the window lost the host. */
export function ConnectionNotice({ connection }: { readonly connection: Connection }) {
  return (
    <div role="status" className="connection-notice">
      {connection === 'reconnecting' ? (
        <p>
          <Mark state="expiring" /> The console does not answer; trying again. What you see is as of the last
          answer, and what was recorded since will follow without a gap.
        </p>
      ) : null}
    </div>
  )
}
