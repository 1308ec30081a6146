import type { RunEvent } from '../../shared/events.ts'
import { printable } from '../../shared/printable.ts'

const aidLength = 28
const idLength = 14

/** One line for one event: an area in brackets, then who did what with which outcome. */
export function narrate(event: RunEvent): string {
  return printable(sentence(event))
}

function sentence(event: RunEvent): string {
  switch (event.type) {
    case 'run.started':
      return `[run] ${event.scenario_ref}${event.template === null ? '' : ` (template ${event.template})`}`
    case 'run.complete':
      return '[run] complete'
    case 'run.cancelled':
      return '[run] cancelled'
    case 'run.failed':
      return `[run] FAILED ${event.error}`
    case 'run.interrupted':
      return `[run] INTERRUPTED ${event.error}`
    case 'run.paused':
    case 'run.resumed':
      return `[run] ${event.type === 'run.paused' ? 'paused' : 'resumed'}${event.step_id === undefined ? '' : ` before ${event.step_id}`}`
    case 'agent.spawning':
      return `[agent] ${event.agent_id} starting${event.port === null ? '' : ` on port ${event.port}`}`
    case 'agent.ready':
      return `[agent] ${event.agent_id} ready ${cut(event.aid, aidLength)} port=${event.port} pid=${event.pid}`
    case 'agent.exited':
      return `[agent] ${event.agent_id} ${event.cause === 'stopped' ? 'stopped' : `CRASHED (exit code ${event.exit_code}, signal ${event.signal})`}`
    case 'trust.peers_resolved':
      return `[trust] ${Object.keys(event.peers).length} manifest addresses resolved`
    case 'trust.establishing':
      return `[trust] ${event.initiator} -> ${event.target}`
    case 'trust.established':
      return `[trust] ${event.initiator} <- ${event.target} grants=${grants(event.grants)} jti=${cut(event.jti, idLength)}`
    case 'trust.failed':
      return `[trust] REFUSED ${event.initiator} -> ${event.target} ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'handshake.started':
      return `[trust] ${event.agent_id} accepted a hello from ${cut(event.peer_aid, aidLength)}`
    case 'handshake.complete':
      return `[trust] ${event.agent_id} (${event.role}) holds ${grants(event.grants)} from ${cut(event.peer_aid, aidLength)}`
    case 'handshake.failed':
      return `[trust] FAILED ${event.agent_id} (${event.role}) ${event.code}${atCheck(event.check)}: ${event.error}`
    case 'manifest.verify_failed':
      return `[trust] MANIFEST REFUSED by ${event.agent_id} ${event.cause}${atCheck(event.check)} at ${event.source_url}`
    case 'step.started':
      return `[step] ${event.step_id} ${event.agent}${event.target === undefined ? '' : ` -> ${event.target}`}.${event.capability ?? ''}`
    case 'step.complete':
      return `[step] ok ${event.step_id}${event.capability === undefined ? '' : ` ${event.agent}${event.target === undefined ? '' : ` -> ${event.target}`}.${event.capability}`}`
    case 'step.skipped':
      return `[step] ${event.step_id} ${event.notes}`
    case 'step.failed':
      return `[step] FAILED ${event.step_id} ${event.code}: ${event.error}`
    case 'step.assertion_failed':
      return `[step] NOT AS EXPECTED ${event.step_id}: ${event.error}`
    case 'capability.self_execute':
      return `[exec] ${event.agent_id}.${event.capability}`
    case 'gate.decided':
      return event.decision === 'allowed'
        ? `[gate] ${event.agent_id} allows ${event.capability}`
        : `[gate] ${event.agent_id} REFUSES ${event.capability} with ${event.code}`
    case 'capability.invoked':
      return `[exec] ${event.agent_id}.${event.capability} answered ${event.status}`
    case 'llm.started':
      return `[llm] ${event.agent_id} ${event.task} ${generator(event)}`
    case 'llm.complete':
      return `[llm] ${event.agent_id} ${event.task} done ${generator(event)}`
    case 'llm.failed':
      return `[llm] FAILED ${event.agent_id} ${event.task} ${generator(event)}: ${event.detail}`
  }
}

/** The whole run, one line an event, and a closing line that counts. */
export function narrateRun(events: readonly RunEvent[], status: string): string {
  const lines = events.map(narrate)
  return `${[...lines, `[run] status=${status} events=${events.length} narrated=${lines.length}`].join('\n')}\n`
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function grants(list: readonly string[]): string {
  return list.length === 0 ? '(none)' : list.join(',')
}

function atCheck(check: string | null): string {
  return check === null ? '' : ` at check ${check}`
}

function generator({ provider, model, stub }: { provider: string; model: string; stub: boolean }): string {
  return `${provider}/${model}${stub ? ' (offline text, no model was asked)' : ''}`
}
