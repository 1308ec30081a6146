import type { ControlPlaneStatus } from '../../../shared/contract/control-plane-screens.ts'
import { cutAid } from '../../../shared/cut.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Cut } from '../../components/cut.tsx'
import { Mark } from '../../components/mark.tsx'
import { StateCell } from './cells.tsx'
import { PinState } from './pin-state.tsx'

export function StatusHeader({ status }: { readonly status: ControlPlaneStatus }) {
  const { choice, base_url, reachable, aid, pinned_aid } = status
  return (
    <header className="plane-header">
      <h1>Control Plane</h1>
      {base_url === null ? (
        <StateCell state="skipped">off</StateCell>
      ) : (
        <>
          <span role="status">
            {reachable ? (
              <StateCell state="valid">answers</StateCell>
            ) : (
              <StateCell state="refused">does not answer</StateCell>
            )}
          </span>
          <span className="plane-fact">
            {choice === 'embedded' ? 'embedded, at' : 'at'} <code>{base_url}</code>
            <CopyButton text={base_url} what="the address of the Control Plane" />
          </span>
          {aid === null ? null : (
            <span className="plane-fact">
              <Cut value={aid} what="the AID of the Control Plane" short={cutAid(aid)} />
            </span>
          )}
          <PinState aid={aid} pinned={pinned_aid} />
          {reachable ? null : (
            <p className="plane-notice">
              <Mark state="expiring" /> Runs go on without it: agents shake hands, verify and revoke among
              themselves. What they report meanwhile does not arrive; the Control Plane lens of a run says
              which events.
            </p>
          )}
          {reachable && pinned_aid === null ? (
            <p className="plane-notice">
              <Mark state="unpinned" /> Nobody said in advance who it is, so agents use no revocation list of
              it. Pin it with <code>CP_AID</code>.
            </p>
          ) : null}
        </>
      )}
    </header>
  )
}
