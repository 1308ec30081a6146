import { randomUUID } from 'node:crypto'

export interface ControlPlaneWorkload {
  readonly events: number
  /** Events of one request. */
  readonly batch: number
  /** How often each kind of question is asked. */
  readonly queries: number
}

/** What is asked for later. */
export interface Landmarks {
  readonly runs: readonly string[]
  /** Tokens that three delegations hang from, one below the other. */
  readonly roots: readonly string[]
}

type Event = Readonly<Record<string, unknown>>

const perRun = 25

/** Reports of runs as the console sends them: handshakes, tokens, delegations, calls, and what nothing is made of. */
export function reportedRuns(count: number): {
  readonly events: readonly Event[]
  readonly landmarks: Landmarks
} {
  const events: Event[] = []
  const runs: string[] = []
  const roots: string[] = []
  while (events.length < count) {
    const run = randomUUID()
    const root = randomUUID()
    runs.push(run)
    roots.push(root)
    events.push(...oneRun(run, root).slice(0, count - events.length))
  }
  return { events, landmarks: { runs, roots } }
}

function oneRun(run: string, root: string): Event[] {
  const aid = (name: string) => `aid:pubkey:${name}-${run}`
  const session = randomUUID()
  const common = { run_id: run, ts: Date.now() / 1000, boundary: 'intra_org' }
  const between = { aid_a: aid('a'), aid_b: aid('b') }
  const expires = Math.floor(Date.now() / 1000) + 3_600
  const token = (jti: string) => ({
    claims: { jti, iss: aid('b'), sub: aid('a'), grants: ['write.content'], exp: expires, cnf: { jkt: jti } },
  })
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
  const delegation = (jti: string, parent: string, from: string, to: string) => ({
    ...common,
    type: 'delegation.issued',
    jti,
    parent_jti: parent,
    delegator_aid: aid(from),
    delegatee_aid: aid(to),
    scope: ['write.content'],
  })
  const handshake = { ...common, ...between, session_id: session, grants: ['write.content'] }
  const plain = Array.from({ length: perRun - 7 }, (_, index) => ({
    ...common,
    type: index % 3 === 0 ? 'capability.invoked' : 'step.complete',
    step_id: `step_${index}`,
    capability: 'write.content',
    notes: 'x'.repeat(300),
  }))
  return [
    { ...handshake, type: 'handshake.started' },
    { ...handshake, type: 'handshake.complete', tct: token(root) },
    { ...handshake, type: 'handshake.complete', tct: token(randomUUID()) },
    delegation(first, root, 'a', 'c'),
    delegation(second, first, 'c', 'd'),
    delegation(third, second, 'd', 'e'),
    ...plain,
    { ...common, type: 'tct.revoked', jti: randomUUID() },
  ]
}
