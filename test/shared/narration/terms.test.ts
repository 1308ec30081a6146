import { describe, expect, it } from 'vitest'
import type { EventBody, RunEvent } from '../../../src/shared/events.ts'
import { narrateRun } from '../../../src/shared/narration/narrate.ts'
import { inTerms } from '../../../src/shared/narration/terms.ts'

const stamp = { seq: 1, ts: 0, offset_ms: 0, run_id: 'r', source: 'runner' as const, cause_seq: [] }
const told = (body: EventBody, agent_id = 'writer') => inTerms({ agent_id, ...body, ...stamp } as RunEvent)
const aid = `aid:pubkey:${'A'.repeat(43)}`

describe('the voice in the field’s terms', () => {
  it.each<[EventBody, string]>([
    [{ type: 'run.started', scenario_ref: 'p/s@1.0.0', template: null }, '[run] p/s@1.0.0'],
    [{ type: 'run.complete' }, '[run] complete'],
    [{ type: 'run.cancelled' }, '[run] cancelled'],
    [{ type: 'run.failed', error: 'why', code: 'agent_exited' }, '[run] FAILED why'],
    [
      { type: 'agent.ready', agent_id: 'a', aid, port: 8100, pid: 7 },
      '[agent] a ready aid:pubkey:AAAAAAAAAAAAAAAA… port=8100 pid=7',
    ],
    [
      { type: 'agent.exited', agent_id: 'a', pid: 7, exit_code: null, signal: 'SIGKILL', cause: 'crashed' },
      '[agent] a CRASHED (exit code null, signal SIGKILL)',
    ],
    [{ type: 'trust.establishing', initiator: 'a', target: 'b' }, '[trust] a -> b'],
    [
      {
        type: 'trust.established',
        initiator: 'a',
        target: 'b',
        grants: ['x', 'y'],
        jti: '0123456789abcdef',
        expires_at: 1,
        session_id: 's',
      },
      '[trust] a <- b grants=x,y jti=0123456789abc…',
    ],
    [
      {
        type: 'trust.failed',
        initiator: 'a',
        target: 'b',
        error: 'no',
        code: 'IDENTITY_FAILED',
        check: 'manifest.pop',
      },
      '[trust] REFUSED a -> b IDENTITY_FAILED at check manifest.pop: no',
    ],
    [{ type: 'step.skipped', step_id: 's', notes: 'words' }, '[step] s words'],
    [{ type: 'step.started', step_id: 's', agent: 'a', capability: 'c', target: 'b' }, '[step] s a -> b.c'],
    [{ type: 'step.complete', step_id: 's', result: 1, agent: 'a', capability: 'c' }, '[step] ok s a.c'],
    [
      {
        type: 'gate.decided',
        capability: 'c',
        caller_aid: null,
        decision: 'refused',
        code: 'TCT_EXPIRED',
        check: 'tct.exp',
        stages: [],
      },
      '[gate] writer REFUSES c with TCT_EXPIRED at check tct.exp',
    ],
    [
      {
        type: 'gate.decided',
        capability: 'c',
        caller_aid: null,
        decision: 'refused',
        code: 'TCT_SIGNATURE_INVALID',
        check: 'tct.structure',
        stages: [
          {
            stage: 'trust',
            decision: 'refused',
            reason: 'no TCT was presented',
            ms: 0,
            ids: {},
          },
        ],
      },
      '[gate] writer REFUSES c with TCT_SIGNATURE_INVALID at check tct.structure: no TCT was presented',
    ],
    [
      {
        type: 'llm.started',
        task: 'write',
        commissioned_by: null,
        provider: 'offline',
        model: 'm',
        stub: true,
      },
      '[llm] writer write offline/m (offline text, no model was asked)',
    ],
    [
      {
        type: 'llm.failed',
        task: 'write',
        commissioned_by: null,
        provider: 'p',
        model: 'm',
        stub: false,
        detail: 'd',
      },
      '[llm] FAILED writer write p/m: d',
    ],
  ])('%o', (body, line) => {
    expect(told(body)).toBe(line)
  })

  it('lets nothing through that could move a terminal’s cursor', () => {
    const hostile = '\u001b[2Jgone\r\n\u202e\u0085'
    expect(told({ type: 'run.failed', error: hostile, code: 'x' })).toBe('[run] FAILED �[2Jgone����')
  })

  it('closes a whole run with a line that counts', () => {
    const events = [{ type: 'run.complete', ...stamp } as RunEvent]
    expect(narrateRun(events, 'success', 'terms')).toBe(
      '[run] complete\n[run] status=success events=1 narrated=1\n',
    )
  })
})
