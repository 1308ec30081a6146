import { cutAid } from '../../../shared/cut.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { Cut } from '../../components/cut.tsx'
import { Time } from '../../components/time.tsx'
import { timeClaims } from './claims.ts'

interface ClaimValueProps {
  readonly name: string
  readonly value: unknown
  readonly names: Names
}

/** A claim as a person reads it: times as times, AIDs with the agent they belong to. */
export function ClaimValue({ name, value, names }: ClaimValueProps) {
  if (typeof value === 'number' && timeClaims.includes(name)) return <Time seconds={value} />
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return (
      <>
        {value.map((item) => (
          <code key={item} className="block">
            {item}
          </code>
        ))}
      </>
    )
  if (typeof value !== 'string') return <code>{JSON.stringify(value)}</code>
  if (!value.startsWith('aid:')) return <code>{value}</code>
  const agent = names.ofAid(value)
  return (
    <>
      {agent === null ? (
        <span className="tone-caution">no agent of this run </span>
      ) : (
        <strong>{agent} </strong>
      )}
      <Cut value={value} what={name} short={cutAid(value)} />
    </>
  )
}
