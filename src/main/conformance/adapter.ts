import { type Answer, HarnessError } from './answer.ts'
import type { Implementation } from './implementation.ts'
import { knownFeatures } from './session.ts'
import { isTree, type Tree } from './tree.ts'

/** One line of the answer, and whether it is the last. */
export interface Reply {
  readonly line: string
  readonly done: boolean
}

interface Request {
  readonly id: string
  readonly op: string
  readonly params: Tree
}

/** The adapter protocol: one JSON object a line, one request at a time. */
export class Adapter {
  readonly #implementation: Implementation
  /** Only for a runner that asked: what was observed on the way to a refusal. The protocol has no place for it. */
  #reportsSideEffects = false

  constructor(implementation: Implementation) {
    this.#implementation = implementation
  }

  /** `null` for a blank line. */
  async handle(line: string): Promise<Reply | null> {
    if (line.trim() === '') return null
    const request = parseRequest(line)
    if (request === null) {
      const message = 'a request is a JSON object with the strings id and op, and params'
      return reply('unknown', { ok: false, error_code: 'MALFORMED_REQUEST', message })
    }
    const { id, op, params } = request
    if (op === 'shutdown') return { ...reply(id, { ok: true, result: {} }), done: true }
    if (op === 'init') return reply(id, { ok: true, result: this.#introduce(params) })
    return reply(id, this.#toWire(await this.#implementation.call(op, params)))
  }

  #introduce({ side_effects }: Tree): Tree {
    this.#reportsSideEffects = side_effects === true
    const { name, version, operations } = this.#implementation
    return {
      implementation: name,
      version,
      supported_ops: [...operations],
      supported_features: knownFeatures,
    }
  }

  #toWire(answer: Answer): Tree {
    if (answer.ok) return { ok: true, result: answer.result }
    const { code, message, sideEffects } = answer
    const observed =
      this.#reportsSideEffects && sideEffects !== undefined ? { side_effects: sideEffects } : {}
    return { ok: false, error_code: code, message, ...observed }
  }
}

function parseRequest(line: string): Request | null {
  try {
    const request: unknown = JSON.parse(line)
    if (!isTree(request)) return null
    const { id, op, params = {} } = request
    return typeof id === 'string' && typeof op === 'string' && isTree(params) ? { id, op, params } : null
  } catch {
    return null
  }
}

function reply(id: string, members: Tree): Reply {
  return { line: JSON.stringify({ id, ...members }), done: false }
}

/** What a target answered, read as strictly as the protocol wants it. */
export function parseReply(line: string, id: string): Answer {
  const answer = parseJson(line)
  if (!isTree(answer)) throw new HarnessError('INTERNAL_ERROR', 'the target answered with no JSON object')
  const { ok, result, error_code: code, message, side_effects: sideEffects } = answer
  if (answer['id'] !== id) {
    throw new HarnessError('INTERNAL_ERROR', `the target answered ${String(answer['id'])} to ${id}`)
  }
  if (ok === true && isTree(result)) return { ok, result }
  if (ok !== false || typeof code !== 'string' || typeof message !== 'string' || result !== undefined) {
    throw new HarnessError('INTERNAL_ERROR', 'the answer is neither a success nor a failure')
  }
  return { ok, code, message, ...(isFlags(sideEffects) ? { sideEffects } : {}) }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isFlags(value: unknown): value is Record<string, boolean> {
  return isTree(value) && Object.values(value).every((flag) => typeof flag === 'boolean')
}
