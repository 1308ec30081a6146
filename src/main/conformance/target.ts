import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import { parseReply } from './adapter.ts'
import { type Answer, HarnessError } from './answer.ts'
import type { Implementation } from './implementation.ts'
import type { Tree } from './tree.ts'

export interface TargetOptions {
  /** How long one request may take. */
  readonly timeoutMs?: number
  readonly environment: NodeJS.ProcessEnv
}

const DEFAULT_TIMEOUT_MS = 30_000
/** Between the request to shut down and the end by force. */
const SHUTDOWN_MS = 500

/** Starts an adapter, any implementation's, and speaks with it. A path alone: no arguments, no shell. */
export async function startTarget(path: string, options: TargetOptions): Promise<Implementation> {
  const child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'], env: options.environment })
  const conversation = new Conversation(child, options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  try {
    const answer = await conversation.ask('init', { version: '1', side_effects: true })
    return { ...introduction(answer), ...callsOf(conversation) }
  } catch (cause) {
    await conversation.end()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('usage', `${path} does not answer as a conformance adapter: ${reason}.`, { cause })
  }
}

function callsOf(conversation: Conversation): Pick<Implementation, 'call' | 'close'> {
  return {
    call: (operation, params) => conversation.ask(operation, params),
    close: () => conversation.end(),
  }
}

function introduction(answer: Answer): Pick<Implementation, 'name' | 'version' | 'operations'> {
  const { implementation, version, supported_ops, supported_features } = answer.ok ? answer.result : {}
  if (
    typeof implementation !== 'string' ||
    typeof version !== 'string' ||
    !isStrings(supported_ops) ||
    !isStrings(supported_features)
  ) {
    throw new HarnessError('INTERNAL_ERROR', 'its answer to init lacks one of the four members')
  }
  return { name: implementation, version, operations: new Set(supported_ops) }
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** One request after the other. What goes wrong once has gone wrong for good. */
class Conversation {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #timeoutMs: number
  readonly #ended: Promise<unknown>
  #count = 0
  #failure: Error | null = null
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null

  constructor(child: ChildProcessByStdio<Writable, Readable, null>, timeoutMs: number) {
    this.#child = child
    this.#timeoutMs = timeoutMs
    // Its write end closes when it dies; that is told by its exit.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => this.#fail(error))
    child.on('exit', (code, signal) => this.#fail(new Error(`it ended with ${code ?? signal}`)))
    this.#ended = Promise.race([once(child, 'exit'), once(child, 'error')]).catch(() => undefined)
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting?.resolve(line))
  }

  async ask(op: string, params: Tree): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure
    this.#count += 1
    const id = `req-${this.#count}`
    const line = this.#nextLine(op)
    this.#child.stdin.write(`${JSON.stringify({ id, op, params })}\n`)
    return parseReply(await line, id)
  }

  async end(): Promise<void> {
    if (this.#failure === null) await this.ask('shutdown', {}).catch(() => undefined)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), SHUTDOWN_MS)
    await this.#ended
    clearTimeout(timer)
  }

  #nextLine(op: string): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(new Error(`it did not answer ${op} within ${this.#timeoutMs / 1000} s`))
        this.#child.kill('SIGKILL')
      }, this.#timeoutMs)
      const settle =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          this.#waiting = null
          act(value)
        }
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) }
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reject(error)
  }
}
