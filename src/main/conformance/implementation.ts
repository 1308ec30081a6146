import { createAitp, currentOnly, type Engine, transition } from '../../aitp/index.ts'
import { type Answer, answer, HarnessError } from './answer.ts'
import { operations } from './operations/index.ts'
import { Params } from './params.ts'
import { CHALLENGE_LIFETIME_SECS, type Session } from './session.ts'
import type { Tree } from './tree.ts'

/** Something that performs the operations of the suite: this program, or a process that speaks the adapter protocol. */
export interface Implementation {
  readonly name: string
  readonly version: string
  readonly operations: ReadonlySet<string>
  call(operation: string, params: Tree): Promise<Answer>
  close(): Promise<void>
}

export interface OwnOptions {
  readonly engine: Engine
  readonly version: string
  readonly now: number
  /** A source of numbers that is the same in every run. */
  readonly randomBytes: (length: number) => Uint8Array
  /** For a runner from before the current state of the suite. */
  readonly forOlderRunner?: boolean
}

/** The operations over our own library. */
export function ownImplementation(options: OwnOptions): Implementation {
  const session = newSession(options)
  return {
    name: 'aitp-trust-console',
    version: options.version,
    operations: new Set(operations.keys()),
    call: (operation, params) => Promise.resolve(perform(session, operation, params)),
    close: () => Promise.resolve(),
  }
}

function newSession({ engine, now, randomBytes, forOlderRunner = false }: OwnOptions): Session {
  const aitp = createAitp(engine)
  return {
    engine,
    aitp,
    compat: forOlderRunner ? transition : currentOnly,
    forOlderRunner,
    now,
    features: new Set(),
    seen: new Map(),
    challenges: aitp.createChallengeStore({ capacity: 1000, lifetimeSecs: CHALLENGE_LIFETIME_SECS }),
    proven: new Set(),
    revoked: new Set(),
    keys: new Map(),
    handshakes: new Map(),
    randomBytes,
  }
}

function perform(session: Session, operation: string, params: Tree): Answer {
  return answer(() => {
    const operate = operations.get(operation)
    if (operate === undefined) throw new HarnessError('OP_NOT_SUPPORTED', `no operation ${operation}`)
    return operate(new Params(params), session)
  })
}
