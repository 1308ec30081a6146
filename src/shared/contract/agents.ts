import { z } from 'zod'
import {
  FederatedTrust,
  HostAgent,
  HostedAgent,
  HostedAgentRef,
  InvokeFederated,
  ResolveAndHandshake,
} from '../hosted-agents.ts'
import { call, Nothing } from './define.ts'

export const RunningAgent = z.object({
  run_id: z.string(),
  agent_id: z.string(),
  port: z.int().nullable(),
  pid: z.int().nullable(),
  aid: z.string(),
  manifest_url: z.string(),
  status: z.string(),
  exit_code: z.int().nullable(),
})
export type RunningAgent = z.infer<typeof RunningAgent>

/** Agents that live now: those of runs, and those that stay. */
export const agentCalls = {
  listAgents: call({
    http: 'GET /agents',
    input: Nothing,
    output: z.object({ agents: z.array(RunningAgent) }),
  }),
  /** One agent that stays, for peers of other consoles. */
  hostAgent: call({ http: 'POST /hosted-agents', input: HostAgent, output: HostedAgent }),
  listHostedAgents: call({
    http: 'GET /hosted-agents',
    input: Nothing,
    output: z.object({ hosted: z.array(HostedAgent) }),
  }),
  getHostedAgent: call({ http: 'GET /hosted-agents/:hosted_id', input: HostedAgentRef, output: HostedAgent }),
  stopHostedAgent: call({
    http: 'DELETE /hosted-agents/:hosted_id',
    input: HostedAgentRef,
    output: z.object({ stopped: z.string() }),
  }),
  resolveAndHandshake: call({
    http: 'POST /hosted-agents/:hosted_id/resolve-and-handshake',
    input: ResolveAndHandshake,
    output: FederatedTrust,
  }),
  /** A refusal by the peer is a result, whose `error` is then true. */
  invokeFederated: call({
    http: 'POST /hosted-agents/:hosted_id/invoke',
    input: InvokeFederated,
    output: z.object({ result: z.unknown() }),
  }),
} as const
