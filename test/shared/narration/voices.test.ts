import { describe, expect, it } from 'vitest'
import type { EventType, RunEvent } from '../../../src/shared/events.ts'
import { createNarrator, narrateRun } from '../../../src/shared/narration/narrate.ts'
import { sections } from '../../../src/shared/narration/sections.ts'
import { Voice } from '../../../src/shared/narration/voice.ts'
import { anyEvents } from '../../support/any-event.ts'

/** The tags of the original (playground.md §9.2), and those of what it did not narrate. */
const tags: Readonly<Record<string, readonly EventType[]>> = {
  run: [
    'run.started',
    'run.complete',
    'run.failed',
    'run.cancelled',
    'run.interrupted',
    'run.paused',
    'run.resumed',
  ],
  agent: ['agent.spawning', 'agent.ready', 'agent.exited'],
  trust: [
    'trust.peers_resolved',
    'trust.establishing',
    'trust.established',
    'trust.failed',
    'handshake.started',
    'handshake.complete',
    'handshake.failed',
    'manifest.verify_failed',
  ],
  delegate: [
    'delegation.issuing',
    'delegation.issued',
    'delegation.redeeming',
    'delegation.redeemed',
    'delegation.rejected',
  ],
  revoke: [
    'tct.revoked',
    'revocation.published',
    'revocation.list_fetched',
    'revocation.refresh_failed',
    'revocation.verify_failed',
    'revocation.poll',
    'revocation.degraded_serve',
  ],
  identity: ['identity.key.rotated'],
  step: [
    'step.started',
    'step.complete',
    'step.skipped',
    'step.failed',
    'step.assertion_failed',
    'step.retrying',
    'step.waiting',
  ],
  probe: [
    'step.probing_no_trust',
    'step.probing_with_held_tct',
    'step.access_denied',
    'step.unexpected_status',
  ],
  fault: ['step.fault_injected', 'step.fault_complete'],
  cp: [
    'cp.enroll_started',
    'cp.enroll_complete',
    'cp.enroll_failed',
    'cp.enroll_succeeded',
    'cp.webhook.subscribed',
    'cp.webhook.subscribe_failed',
    'cp.webhook.delivered',
    'cp.trust_anchor.provisioned',
    'cp.delegation.tree',
  ],
  oidc: ['oidc.issuer_minted'],
  renew: ['tct.renewed', 'tct.renewal.requested', 'tct.renewal.issued', 'tct.renewal.rejected'],
  bundle: ['session.bundle.exported', 'session.bundle.verified'],
  spki: ['spki.pin.checked'],
  exec: ['capability.self_execute', 'capability.invoked'],
  gate: ['gate.decided'],
  cache: ['tct.cache.stats'],
  llm: ['llm.started', 'llm.complete', 'llm.failed'],
}
const token = 'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhaWQ6cHVia2V5In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'

function linesOf(voice: Voice, text: string): [EventType, string][] {
  return [...anyEvents(text)].flatMap(([type, events]) =>
    events.map((event): [EventType, string] => [type, createNarrator(voice)(event)]),
  )
}

describe('the voices', () => {
  it('tag every event as the original does, and leave none out (B-64, parity 15)', () => {
    const byType = new Map(Object.entries(tags).flatMap(([tag, types]) => types.map((type) => [type, tag])))
    expect([...anyEvents('x').keys()].filter((type) => !byType.has(type))).toEqual([])
    expect(byType.size).toBe(anyEvents('x').size)
    const wrong = linesOf('terms', 'x').filter(([type, line]) => !line.startsWith(`[${byType.get(type)}] `))
    expect(wrong).toEqual([])
  })

  it.each(Voice.options)('%s has a line without holes for every shape of every event (B-64)', (voice) => {
    const lines = linesOf(voice, 'x')
    expect(lines.length).toBeGreaterThan(200)
    expect(lines.filter(([, line]) => /undefined|\bnull\b(?!,|\))|NaN|\[object|\n/.test(line))).toEqual([])
    expect(lines.filter(([, line]) => line.length < 7)).toEqual([])
  })

  it.each(Voice.options)('%s tells no token, wherever one stands', (voice) => {
    const told = linesOf(voice, `before ${token} after ${token.split('.').slice(0, 2).join('.')}`)
    expect(told.filter(([, line]) => line.includes('eyJ'))).toEqual([])
    expect(told.some(([, line]) => line.includes('[token]'))).toBe(true)
  })

  it('say the new identity of a rotation, whichever side tells it (B-63)', () => {
    const rotations = anyEvents('aid:pubkey:new').get('identity.key.rotated') ?? []
    expect(new Set(rotations.map(({ source }) => source))).toEqual(new Set(['runner', 'agent']))
    for (const event of rotations)
      expect(createNarrator('terms')(event)).toMatch(/^\[identity\] .+ -> aid:pubkey:new$/)
  })

  it('say who signed for how many, whichever side tells of a bundle (B-78)', () => {
    for (const event of anyEvents('x').get('session.bundle.exported') ?? [])
      expect(createNarrator('terms')(event)).toMatch(/ (?:for 1 participants|participants=[01])$/)
  })
})

describe('the plain voice', () => {
  it('ends with the section of the specification, where there is one', () => {
    for (const [type, events] of anyEvents('x'))
      for (const event of events) {
        const line = createNarrator('plain')(event)
        const section = sections[type]
        if (section === null) expect(line).not.toContain('RFC-AITP')
        else expect(line.endsWith(` [${section}]`)).toBe(true)
      }
  })

  it('calls an agent by its name once it has shown its key', () => {
    const stamp = { ts: 1, offset_ms: 1, run_id: 'r', cause_seq: [] }
    const events = [
      {
        ...stamp,
        seq: 1,
        source: 'runner',
        type: 'agent.ready',
        agent_id: 'writer',
        aid: 'k1',
        port: 1,
        pid: 2,
      },
      {
        ...stamp,
        seq: 2,
        source: 'agent',
        agent_id: 'reader',
        type: 'capability.invoked',
        capability: 'write',
        caller_aid: 'k1',
        status: 200,
        stages: [],
      },
      { ...stamp, seq: 3, source: 'runner', type: 'run.complete' },
    ] as RunEvent[]
    expect(narrateRun(events, 'success', 'plain')).toBe(
      [
        'writer runs as process 2, listens on port 1 and has shown the key it is known by. [RFC-AITP-0001]',
        'reader answered writer for write with status 200.',
        'The run is complete.',
        'The run is success; this told its 3 events.',
        '',
      ].join('\n'),
    )
  })
})
