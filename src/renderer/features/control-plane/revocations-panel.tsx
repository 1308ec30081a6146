import type { ServedRevocationList } from '../../../shared/contract/control-plane-screens.ts'
import { cutAid } from '../../../shared/cut.ts'
import { useControlPlaneStatus, useServedRevocationList } from '../../api/control-plane-queries.ts'
import { Cut } from '../../components/cut.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Empty } from '../../components/empty.tsx'
import { Time } from '../../components/time.tsx'
import { Ladder } from '../ladder/ladder.tsx'
import { Fact, FactsList } from '../wire/facts-list.tsx'
import { Answered } from './panel.tsx'
import { PinState } from './pin-state.tsx'

const columns: readonly Column<ServedRevocationList['entries'][number]>[] = [
  { name: 'Revoked token', cell: ({ jti }) => <Cut value={jti} what="the id of the token" /> },
  { name: 'Reason', cell: ({ reason }) => reason },
  { name: 'Revoked', cell: ({ revoked_at }) => <Time seconds={revoked_at} /> },
]

/** The signed list as it is served now, and what this console makes of it; agents fetch and verify their own. */
export function RevocationsPanel() {
  const query = useServedRevocationList()
  return (
    <Answered query={query} what="the revocation list">
      {(list) => (
        <div className="two-parts">
          <section aria-labelledby="revoked-title">
            <h2 id="revoked-title">Entries</h2>
            <ListFacts list={list} />
            {list.entries.length === 0 ? (
              <Empty title="Nothing is revoked">
                <p className="muted">A token comes onto this list when its revocation is published.</p>
              </Empty>
            ) : (
              <DataTable
                caption="Revoked tokens"
                columns={columns}
                rows={list.entries}
                keyOf={({ jti }) => jti}
              />
            )}
          </section>
          <section aria-labelledby="verified-title">
            <h2 id="verified-title">Verification</h2>
            {list.report === null ? null : <Ladder report={list.report} reportedBy="this console" />}
          </section>
        </div>
      )}
    </Answered>
  )
}

function ListFacts({ list: { issuer, published_at, expires_at } }: { readonly list: ServedRevocationList }) {
  const { data } = useControlPlaneStatus()
  return (
    <FactsList>
      <Fact name="Issuer">
        {issuer === null ? null : <Cut value={issuer} what="the AID of the issuer" short={cutAid(issuer)} />}
        {data ? <PinState aid={issuer} pinned={data.pinned_aid} /> : null}
      </Fact>
      {published_at === null ? null : (
        <Fact name="Published">
          <Time seconds={published_at} />
        </Fact>
      )}
      {expires_at === null ? null : (
        <Fact name="Expires">
          <Time seconds={expires_at} />
        </Fact>
      )}
    </FactsList>
  )
}
