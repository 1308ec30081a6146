import { Mark } from '../../components/mark.tsx'
import type { Connection } from '../../store/run-log.ts'

/** Silent while all is well; says what still happens when the window lost the host. */
export function ConnectionNotice({ connection }: { readonly connection: Connection }) {
  return (
    <div role="status" className="connection-notice">
      {connection === 'reconnecting' ? (
        <p>
          <Mark state="pending" /> Reconnecting. Events continue to be recorded, and none will be missing or
          shown twice.
        </p>
      ) : null}
    </div>
  )
}
