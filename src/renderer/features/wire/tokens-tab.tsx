import type { DecodedToken } from '../../../shared/exchange.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Mark } from '../../components/mark.tsx'
import { relativeTime, useNow } from '../../components/time.tsx'
import { ClaimValue } from './claim-value.tsx'
import { claimMeanings, headerMeanings, inReadingOrder, tokenKinds } from './claims.ts'
import type { WireProps } from './wire-props.ts'

export function TokensTab({ exchange, message, facts: { names } }: WireProps) {
  const capture = exchange.client ?? exchange.server
  const tokens = (message.direction === 'request' ? capture?.request_tokens : capture?.response_tokens) ?? []
  if (tokens.length === 0) return <Empty title="There is no token in this message" />
  return (
    <>
      <p className="muted small">
        Decoded for reading. Decoding verifies nothing; what was verified is under Checks.
      </p>
      {tokens.map((token) => (
        <Token key={token.path} token={token} names={names} />
      ))}
    </>
  )
}

function Token({ token, names }: { readonly token: DecodedToken; readonly names: Names }) {
  return (
    <section className="token" aria-label={`${tokenKinds[token.kind]} at ${token.path}`}>
      <h3>
        {tokenKinds[token.kind]}
        <Life claims={token.claims} />
      </h3>
      <p className="muted small">
        at <code>{token.path}</code>, fingerprint <code>{token.fingerprint}</code>
        <CopyButton text={token.token} what="the token" />
      </p>
      <Members title="Header" members={token.header} meanings={headerMeanings} names={names} />
      <Members title="Claims" members={token.claims} meanings={claimMeanings} names={names} />
    </section>
  )
}

function Life({ claims }: { readonly claims: Record<string, unknown> }) {
  const now = useNow()
  const expires = claims['exp']
  if (typeof expires !== 'number') return null
  const expired = expires * 1_000 <= now
  return (
    <span className="token-life">
      {expired ? <Mark state="expired" /> : null} {expired ? 'expired' : 'expires'}{' '}
      {relativeTime(expires, now)}
    </span>
  )
}

interface MembersProps {
  readonly title: string
  readonly members: Record<string, unknown>
  readonly meanings: Record<string, string>
  readonly names: Names
}

function Members({ title, members, meanings, names }: MembersProps) {
  return (
    <table className="claims">
      <caption>{title}</caption>
      <tbody>
        {inReadingOrder(members, meanings).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
              <span className="muted">{meanings[name]}</span>
            </th>
            <td>
              <ClaimValue name={name} value={value} names={names} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
