import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components'
import type { Participant } from '../run/participants.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { partiesOf, stranger } from './parties.ts'
import { pairKey } from './trust.ts'
import { TrustCell } from './trust-cell.tsx'
import type { TrustView } from './use-trust.ts'

interface Props {
  readonly facts: RunFacts
  readonly view: TrustView
}

/** Holders down, issuers across: each cell is what its holder may ask its issuer for. */
export function TrustMatrix({ facts, view }: Props) {
  const parties = partiesOf(facts, view.state)
  const columns = [corner, ...parties]
  return (
    <Table className="trust-matrix" aria-label="Trust: holders down, issuers across">
      <TableHeader columns={columns} dependencies={[view]}>
        {(issuer) => (
          <Column id={`issuer ${issuer.id}`} isRowHeader={issuer === corner}>
            {issuer === corner ? <Axes /> : <Party party={issuer} />}
          </Column>
        )}
      </TableHeader>
      <TableBody items={parties} dependencies={[view]}>
        {(holder) => (
          <Row id={`holder ${holder.id}`} columns={columns} textValue={holder.name} dependencies={[view]}>
            {(issuer) => (
              <Cell id={`${holder.id} ${issuer.id}`} className={holder === issuer ? 'oneself' : ''}>
                {issuer === corner ? (
                  <Party party={holder} />
                ) : holder === issuer ? (
                  <span className="visually-hidden">itself</span>
                ) : (
                  <TrustCell
                    pair={view.state.pairs.get(pairKey({ holder: holder.id, issuer: issuer.id }))}
                    facts={facts}
                    view={view}
                  />
                )}
              </Cell>
            )}
          </Row>
        )}
      </TableBody>
    </Table>
  )
}

/** The column of the names; no agent has an empty id. */
const corner = stranger('')

function Axes() {
  return (
    <>
      <span className="trust-axis">Issuer →</span>
      <span className="trust-axis">Holder ↓</span>
    </>
  )
}

function Party({ party }: { readonly party: Participant }) {
  return (
    <>
      {party.name}
      <span className="trust-axis">{party.agent?.org ?? party.about}</span>
    </>
  )
}
