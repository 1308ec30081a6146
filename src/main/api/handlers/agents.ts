import type { agentCalls } from '../../../shared/contract/agents.ts'
import type { RunningAgent } from '../../../shared/contract.ts'
import type { Worker } from '../../hosting/supervisor.ts'
import { localManifestUrl } from '../../trust/discovery.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function agentHandlers({ supervisor, hosted }: HandlerParts): HandlersOf<typeof agentCalls> {
  return {
    listAgents: async () => ({
      agents: supervisor
        .workers()
        .filter(({ state }) => state === 'ready')
        .map(runningAgent),
    }),
    hostAgent: (request) => hosted.host(request),
    listHostedAgents: async () => ({ hosted: hosted.list() }),
    getHostedAgent: async ({ hosted_id }) => hosted.get(hosted_id),
    stopHostedAgent: async ({ hosted_id }) => {
      await hosted.stop(hosted_id)
      return { stopped: hosted_id }
    },
    resolveAndHandshake: (request) => hosted.resolveAndHandshake(request),
    invokeFederated: async (request) => ({ result: await hosted.invoke(request) }),
  }
}

function runningAgent({ runId, agentId, peerPort: port, pid, aid, state, exit }: Worker): RunningAgent {
  return {
    run_id: runId,
    agent_id: agentId,
    port,
    pid,
    aid,
    manifest_url: localManifestUrl(port),
    status: state,
    exit_code: exit?.code ?? null,
  }
}
