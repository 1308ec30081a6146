import { cutAid } from '../../../shared/cut.ts'
import type { Names } from '../../../shared/narration/names.ts'
import type { ProjectionRow } from '../../../shared/projections.ts'
import { Cut } from '../../components/cut.tsx'

type Members = Readonly<Record<string, unknown>>

interface ThingProps {
  readonly kind: ProjectionRow['kind']
  readonly members: Members
  /** Members that are shown by themselves. */
  readonly without: readonly string[]
  readonly names: Names
}

/** A session, token, delegation, revocation or webhook in a line or two, from whichever side it is told. */
export function Thing({ kind, members, without, names }: ThingProps) {
  const told = (member: string) => !without.includes(member)
  const name = (member: string) => <Party value={members[member]} names={names} />
  switch (kind) {
    case 'session':
      return (
        <>
          {name('aidA')} and {name('aidB')}
          {told('status') ? `, ${String(members['status'])}` : ''}
        </>
      )
    case 'tct':
      return (
        <>
          {name('issuer')} to {name('subject')}
          {told('revoked') && members['revoked'] === true ? ', revoked' : ''}
          {told('grants') ? <Value value={members['grants']} names={names} /> : null}
        </>
      )
    case 'delegation':
      return (
        <>
          {name('delegator')} to {name('delegatee')}
          {told('revoked') && members['revoked'] === true ? ', revoked' : ''}
          {told('scope') ? <Value value={members['scope']} names={names} /> : null}
        </>
      )
    case 'revocation':
      return <>{revocationWords(members)}</>
    case 'webhook':
      return (
        <>
          <code className="whole">{String(members['url'])}</code>
          {typeof members['received'] === 'number' ? (
            <span className="block">{members['received']} deliveries received</span>
          ) : null}
        </>
      )
  }
}

function revocationWords(members: Members): string {
  if ('jti' in members) return 'On the signed list'
  if (members['published'] === false) return 'Revoked by its issuer, not published'
  return members['listed'] === true ? 'Revoked and published' : 'Revoked; publishing it failed'
}

interface ValueProps {
  readonly value: unknown
  readonly names: Names
}

function Party({ value, names }: ValueProps) {
  if (typeof value !== 'string') return <span className="tone-caution">nobody named</span>
  const agent = names.ofAid(value)
  return agent === null ? (
    <Cut value={value} what="the AID" short={cutAid(value)} />
  ) : (
    <strong title={value}>{agent}</strong>
  )
}

/** A member as it is, with the agent an AID belongs to. */
export function Value({ value, names }: ValueProps) {
  if (typeof value === 'string' && value.startsWith('aid:'))
    return (
      <>
        <Party value={value} names={names} />{' '}
        {names.ofAid(value) === null ? null : <code>{cutAid(value)}</code>}
      </>
    )
  if (Array.isArray(value))
    return value.length === 0 ? (
      <span className="muted">none</span>
    ) : (
      value.map((item) => (
        <code key={String(item)} className="block">
          {String(item)}
        </code>
      ))
    )
  if (value === null || value === undefined) return <span className="muted">nothing</span>
  return <span>{typeof value === 'string' ? value : JSON.stringify(value)}</span>
}
