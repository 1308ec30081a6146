import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { loadRegistry } from '../../src/main/registry/index.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { isTerminalEvent } from '../../src/shared/events.ts'
import { stepTypes } from '../../src/shared/steps.ts'
import { startControlPlane } from '../support/control-plane.ts'
import { startHost } from '../support/host.ts'
import { shippedScenarios } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'
import { callerAndWriter, ofTheTest, scenarioTree, type WrittenStep } from '../support/scenario-tree.ts'

const call = { agent: 'caller', target_agent: 'writer', capability: 'write.content' } as const

/** A step of every type, each possible after those before it, and the agents that take part in it. */
const cases: readonly (readonly [step: WrittenStep, participants: readonly string[]])[] = [
  [{ id: 'no_trust', type: 'capability_call_no_trust', ...call, expect_status: 403 }, ['caller', 'writer']],
  [{ id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' }, ['caller', 'writer']],
  [{ id: 'work', type: 'workflow', ...call, input_template: 'On ends.' }, ['caller', 'writer']],
  [{ id: 'probe', type: 'capability_probe', ...call, input_template: 'On ends.' }, ['caller', 'writer']],
  [
    {
      id: 'delegate',
      type: 'delegate',
      delegator: 'caller',
      delegatee: 'analyst',
      via_peer: 'writer',
      scope: ['write.content'],
    },
    ['caller', 'analyst', 'writer'],
  ],
  [
    {
      id: 'redeem',
      type: 'redeem_delegation',
      delegatee: 'analyst',
      target: 'writer',
      via_delegation: 'delegate',
    },
    ['analyst', 'writer'],
  ],
  [{ id: 'renew', type: 'renew_tct', agent: 'caller', via_peer: 'writer' }, ['caller', 'writer']],
  [{ id: 'cache', type: 'tct_cache_stats', agent: 'writer' }, ['writer']],
  [
    { id: 'export', type: 'export_session_bundle', coordinator: 'writer', participants: ['caller'] },
    ['caller', 'writer'],
  ],
  [{ id: 'verify', type: 'verify_session_bundle', verifier: 'caller', via_step: 'export' }, ['caller']],
  [{ id: 'refresh', type: 'refresh_revocations', agent: 'caller' }, ['caller']],
  [{ ...shippedPinCheck(), id: 'pin' }, ['analyst']],
  [{ id: 'enroll', type: 'enroll_with_cp', agent: 'caller' }, ['caller']],
  [{ id: 'subscribe', type: 'cp_subscribe_webhook' }, ['analyst']],
  [{ id: 'provision', type: 'cp_provision_trust_anchor', agent: 'writer' }, ['writer']],
  [{ id: 'tree', type: 'cp_delegation_tree', agent: 'caller' }, ['caller']],
  [
    { id: 'revoke', type: 'revoke_tct', issuer: 'writer', audience: 'caller', via_cp: true },
    ['caller', 'writer'],
  ],
  [{ id: 'rotate', type: 'rotate_keys', agent: 'writer' }, ['writer']],
  [
    {
      id: 'group',
      type: 'parallel',
      steps: [
        { id: 'first', type: 'tct_cache_stats', agent: 'caller' },
        { id: 'second', type: 'wait', ms: 1_000 },
      ],
    },
    ['caller', 'analyst'],
  ],
  [{ id: 'note', type: 'meta' }, ['analyst']],
  [{ id: 'stay', type: 'wait', ms: 10_000 }, ['caller', 'writer']],
]

it('there is a step of every type', () => {
  expect(new Set(cases.map(([{ type }]) => type))).toEqual(new Set(stepTypes))
})

const deaths = cases.flatMap(([{ id }, participants]) => participants.map((victim) => ({ id, victim })))

it.each(deaths)(
  '$victim is killed at the step $id: the run ends once, within two seconds, and nothing is left (B-50)',
  async ({ id, victim }) => {
    const { baseUrl, aid } = await startControlPlane()
    const host = await startHost({
      scenariosDir: scenarioTree({
        agents: [...callerAndWriter, { id: 'analyst', ref: '_shared/agents/analyzer' }],
        // The mark is the last that is told before a step begins.
        steps: cases.flatMap(([step]): WrittenStep[] => [{ id: `before_${step.id}`, type: 'meta' }, step]),
      }),
      environment: { PATH: process.env['PATH'], CP_BASE_URL: baseUrl, CP_AID: aid },
    })
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest })
    const { pid, killedAt } = await kill(client, run_id, { victim, at: `before_${id}` })
    const record = await Promise.race([endOf(client, run_id), delay(10_000, null, { ref: false })])
    expect(performance.now() - killedAt).toBeLessThan(2_000)
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_exited' })
    expect(record?.error).toContain(`${victim} (pid ${pid})`)
    expect(record?.events.filter(isTerminalEvent)).toHaveLength(1)
    const exits = record?.events.filter((event) => event.type === 'agent.exited') ?? []
    expect(exits).toHaveLength(3)
    expect(exits).toContainEqual(
      expect.objectContaining({
        agent_id: victim,
        pid,
        cause: 'crashed',
        signal: 'SIGKILL',
        exit_code: null,
      }),
    )
    for (const exit of exits) expect(isAlive(exit.pid ?? 0)).toBe(false)
    expect((await client.call('listAgents', {})).agents).toEqual([])
  },
)

function kill(
  client: ConsoleClient,
  runId: string,
  { victim, at }: { readonly victim: string; readonly at: string },
): Promise<{ pid: number; killedAt: number }> {
  return new Promise((resolve, reject) => {
    let pid = 0
    const stop = client.subscribe(
      'runEvents',
      { run_id: runId },
      {
        item: (event) => {
          if (event.type === 'agent.ready' && event.agent_id === victim) pid = event.pid
          if (event.type !== 'step.skipped' || event.step_id !== at || pid === 0) return
          stop()
          process.kill(pid, 'SIGKILL')
          resolve({ pid, killedAt: performance.now() })
        },
        end: () => reject(new Error(`the run ended before ${at}`)),
        error: ({ error }) => reject(new Error(error.message)),
      },
    )
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A certificate, and a pin that is its own. */
function shippedPinCheck(): Extract<WrittenStep, { type: 'spki_pin_check' }> {
  const steps = loadRegistry(shippedScenarios).scenarios.flatMap(
    ({ scenario }) => scenario.spec.workflow.steps,
  )
  const found = steps.find((step) => step.type === 'spki_pin_check')
  if (found === undefined) throw new TypeError('a shipped scenario checks a pin')
  return found
}
