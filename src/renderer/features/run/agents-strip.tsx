import { cutAid } from '../../../shared/cut.ts'
import { Cut } from '../../components/cut.tsx'
import { Mark, type MarkState } from '../../components/mark.tsx'
import type { AgentState, Participant } from './participants.ts'
import type { RunFacts } from './run-facts.ts'

/** How the life of a process is shown. */
export const agentLooks: Record<AgentState, { state: MarkState; word: string }> = {
  waiting: { state: 'pending', word: 'not started' },
  starting: { state: 'pending', word: 'starting' },
  ready: { state: 'valid', word: 'ready' },
  stopped: { state: 'expired', word: 'stopped' },
  crashed: { state: 'refused', word: 'crashed' },
  fault: { state: 'refused', word: 'killed by a fault' },
}

export function AgentsStrip({ facts: { participants } }: { readonly facts: RunFacts }) {
  return (
    <ul className="agents" aria-label="Agents">
      {participants
        .filter(({ agent }) => agent !== null)
        .map((participant) => (
          <AgentCell key={participant.id} participant={participant} />
        ))}
    </ul>
  )
}

function AgentCell({ participant: { id, name, agent, state, exit } }: { readonly participant: Participant }) {
  const { state: mark, word } = agentLooks[state]
  return (
    <li className="agent">
      <p className="agent-name">
        <strong>{name}</strong>
        <code className="muted">{id}</code>
        <span className={isGone(state) ? 'agent-state tone-refused' : 'agent-state muted'}>
          <Mark state={mark} letter={false} /> {word}
          {isGone(state) && exit !== null ? `, ${exit}` : ''}
        </span>
      </p>
      <p className="agent-facts">
        <span>{agent?.org}</span>
        {agent?.aid ? (
          <Cut value={agent.aid} what={`the AID of ${name}`} short={cutAid(agent.aid)} />
        ) : (
          <span>no AID yet</span>
        )}
        {agent?.port ? <span>port {agent.port}</span> : null}
        {agent?.pid ? <span>process {agent.pid}</span> : null}
      </p>
    </li>
  )
}

function isGone(state: AgentState): boolean {
  return state === 'crashed' || state === 'fault'
}
