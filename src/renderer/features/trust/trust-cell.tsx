import { Button } from 'react-aria-components'
import { Mark } from '../../components/mark.tsx'
import { useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { selectEvent } from '../run/select-event.ts'
import { Holding } from './holding.tsx'
import type { PairTrust, Token } from './trust.ts'
import { isSelected, pairLook, tokenLook } from './trust-look.ts'
import { type TrustView, useMoment } from './use-trust.ts'

interface Props {
  readonly pair: PairTrust | undefined
  readonly facts: RunFacts
  readonly view: TrustView
}

/** A ticket in small; empty where there is nothing, and for whoever cannot see that, why. */
export function TrustCell({ pair, facts: { events, exchanges }, view }: Props) {
  const { selection } = useRunView()
  const atMs = useMoment(view)
  const look = pair && pairLook(pair, view.unpinned, atMs)
  if (!pair || !look) return <span className="visually-hidden">{view.over ? 'none' : 'none yet'}</span>
  const { mark, word, code, token, seq } = look
  const others = pair.tokens.filter((other) => other !== token)
  const event = events[seq - 1]
  return (
    <Button
      className={`trust-cell ${mark}`}
      aria-pressed={isSelected(pair, selection, events)}
      onPress={() => event && selectEvent(event, exchanges)}
    >
      <span className="ticket-line">
        <Mark state={mark} />
        <strong>{word}</strong>
        {code === null ? null : <code>{code}</code>}
        {token === null ? null : <span className="muted">{origins[token.origin]}</span>}
      </span>
      {token ? <Holding token={token} atMs={atMs} /> : null}
      {others.length > 0 ? <span className="muted">also held: {wordsOf(others, atMs)}</span> : null}
      {token && pair.refusedCall ? (
        <span className="ticket-line">
          <Mark state="refused" /> last call refused <code>{pair.refusedCall.code}</code>
        </span>
      ) : null}
    </Button>
  )
}

/** Where a token came from; a handshake is the rule and needs no word. */
const origins: Record<Token['origin'], string> = {
  handshake: '',
  delegation: 'by delegation',
  redemption: 'by redemption',
  renewal: 'by renewal',
}

/** How many tokens are in which state. */
function wordsOf(tokens: readonly Token[], atMs: number): string {
  const byWord = Map.groupBy(tokens, (token) => tokenLook(token, false, atMs).word)
  return [...byWord].map(([word, { length }]) => `${length} ${word}`).join(', ')
}
