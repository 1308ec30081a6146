import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isTerminalEvent } from '../../src/shared/events.ts'
import { endOf, hostWith } from '../support/run-scenario.ts'
import { callerAndWriter, ofTheTest, type WrittenStep } from '../support/scenario-tree.ts'

const steps: WrittenStep[] = [
  { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' },
  { id: 'call', type: 'workflow', agent: 'caller', capability: 'write.content', input_template: 'On ends.' },
  { id: 'renew', type: 'renew_tct', agent: 'caller', via_peer: 'writer' },
  {
    id: 'group',
    type: 'parallel',
    steps: [
      { id: 'long', type: 'wait', ms: 5_000 },
      { id: 'rotate', type: 'rotate_keys', agent: 'writer' },
    ],
  },
]

/** The event after which the agent is killed. */
const moments = [
  'agent.ready',
  'trust.peers_resolved',
  'trust.establishing',
  'trust.established',
  'step.started',
  'gate.decided',
  'tct.renewed',
  'step.waiting',
  'run.paused',
] as const

describe.each(moments)('an agent that is killed after %s', (moment) => {
  it.each(['caller', 'writer'])(
    'ends the run once, within two seconds, by name: %s (B-50)',
    async (victim) => {
      const { client } = await hostWith({ agents: callerAndWriter, steps })
      const { run_id } = await client.call('startRun', {
        scenario_ref: ofTheTest,
        paused: moment === 'run.paused',
      })
      let pid = 0
      const stop = client.subscribe(
        'runEvents',
        { run_id },
        {
          item: (event) => {
            if (event.type === 'agent.ready' && event.agent_id === victim) pid = event.pid
            if (event.type !== moment || pid === 0) return
            stop()
            killed.resolve(performance.now())
            process.kill(pid, 'SIGKILL')
          },
          end: () => killed.reject(new Error(`${moment} did not come`)),
          error: () => killed.reject(new Error('the stream broke')),
        },
      )
      const killed = Promise.withResolvers<number>()
      const at = await killed.promise
      const record = await Promise.race([endOf(client, run_id), delay(10_000, null, { ref: false })])
      expect(performance.now() - at).toBeLessThan(2_000)
      expect(record).toMatchObject({ status: 'failed', error_code: 'agent_exited' })
      expect(record?.error).toContain(victim)
      expect(record?.events.filter(isTerminalEvent)).toHaveLength(1)
      expect(record?.events.at(-1)?.type).toBe('run.failed')
      expect(
        record?.events.flatMap((event) =>
          event.type === 'agent.exited' ? [[event.agent_id, event.cause]] : [],
        ),
      ).toContainEqual([victim, 'crashed'])
      expect((await client.call('listAgents', {})).agents).toEqual([])
    },
  )
})
