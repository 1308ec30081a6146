/** How the meeting of one artefact with one peer ended. */
export type PairStatus = 'passed' | 'failed' | 'not exercised'

/** Who made the artefact and who judged it, or who opened a handshake. */
export type Direction = 'ours to peer' | 'peer to ours'

export interface PairResult {
  readonly peer: string
  readonly artefact: string
  readonly direction: Direction
  readonly status: PairStatus
  /** Why it failed or was not exercised; what was seen when it passed. */
  readonly reason: string
  /** What shows a failure: the texts that were exchanged. */
  readonly bytes: Readonly<Record<string, unknown>>
}

export interface Pair<Scene> {
  readonly artefact: string
  readonly direction: Direction
  /** Resolves with what was seen; throws {@link NotExercised} or the failure. */
  readonly run: (scene: Scene, evidence: Evidence) => Promise<string>
}

/** Keeps what was exchanged, so that a failure can show its bytes. */
export class Evidence {
  readonly bytes: Record<string, unknown> = {}

  keep<Value>(name: string, value: Value): Value {
    this.bytes[name] = value
    return value
  }
}

/** One side has nothing of the kind. */
export class NotExercised extends Error {
  override readonly name = 'NotExercised'
}

/** Throws unless the two are equal. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${what} is ${left}, expected ${right}`)
}

export async function runPair<Scene>(
  peer: string,
  { artefact, direction, run }: Pair<Scene>,
  scene: Scene,
): Promise<PairResult> {
  const evidence = new Evidence()
  const pair = { peer, artefact, direction }
  try {
    return { ...pair, status: 'passed', reason: await run(scene, evidence), bytes: evidence.bytes }
  } catch (error) {
    const message = error instanceof Error ? `${error.message}` : String(error)
    const status = error instanceof NotExercised ? 'not exercised' : 'failed'
    return { ...pair, status, reason: message.replace(/\s+/g, ' ').slice(0, 400), bytes: evidence.bytes }
  }
}
