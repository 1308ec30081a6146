import type { AgentKey, Aitp, Compat, Engine } from '../../aitp/index.ts'
import type { ChallengeStore } from '../../aitp/pop/store.ts'
import type { Params } from './params.ts'
import type { Tree } from './tree.ts'

/** The opt-ins of the suite that this implementation knows. */
export const knownFeatures = ['experimental-multihop-delegation', 'experimental-session-bundle'] as const

/** How long an answer to a downstream challenge may take: the window in which its envelope is fresh. */
export const CHALLENGE_LIFETIME_SECS = 300

/** What one instance remembers from operation to operation. */
export interface Session {
  readonly engine: Engine
  readonly aitp: Aitp
  readonly compat: Compat
  /** Whether to answer as runners from before the current state of the suite expect. */
  readonly forOlderRunner: boolean
  /** Unix seconds, unless a request names another time. */
  now: number
  features: ReadonlySet<string>
  /** Message ids by operation: fixtures of different operations share some. */
  readonly seen: Map<string, Set<string>>
  /** Downstream challenges that wait for an answer. */
  readonly challenges: ChallengeStore
  /** The `jti` of each TCT whose holder has answered one. */
  readonly proven: Set<string>
  readonly revoked: Set<string>
  /** Private keys by handle; they never leave. */
  readonly keys: Map<string, AgentKey>
  /** What each handshake does with its next message. */
  readonly handshakes: Map<string, (text: string, params: Params) => Tree>
  randomBytes(length: number): Uint8Array
}

export type Operation = (params: Params, session: Session) => Tree

export function nowOf(params: Params, session: Session): number {
  return params.optionalInteger('now') ?? session.now
}
