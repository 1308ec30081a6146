import type { Logger } from 'pino'
import { readyLine } from '../../shared/bootstrap.ts'
import { AppError } from '../../shared/errors.ts'
import { type AgentExit, type AgentProcess, type AgentProgram, startChildProcess } from './agent-process.ts'
import { createRedactor } from './redact-output.ts'
import { stopGraceMs } from './stop-grace.ts'

export interface LaunchSpec extends AgentProgram {
  readonly runId: string
  readonly agentId: string
  /** How messages name the program, where it is not one of ours. */
  readonly command?: string
  /** Where its peers reach the worker, when something stands in front of it; else where it listens. */
  readonly peerPort?: number
  readonly environment: Readonly<Record<string, string>>
  /** What it must not print where others read it. */
  readonly secrets: readonly string[]
  readonly startupTimeoutMs: number
  /** Called as soon as there is a process, whatever becomes of it. */
  readonly onSpawn?: (worker: Worker) => void
}

/** `stopped`: it was asked to end. `fault`: it was killed for a fault of the scenario. `crashed`: it ended by itself. */
export type EndCause = 'stopped' | 'crashed' | 'fault'

/**
 * The life of a worker, seen from here.
 * - `starting`: the process runs and has not said that it listens
 * - `ready`: it said so; `aid` and `port` are from its own line
 * - `stopping`: we asked it to end
 * - `ended`: the process is gone
 */
export type WorkerState = 'starting' | 'ready' | 'stopping' | 'ended'

export interface Worker {
  readonly runId: string
  readonly agentId: string
  readonly pid: number
  readonly aid: string
  /** Where it listens, by its own word. */
  readonly port: number
  /** Where its peers, and people, reach it. */
  readonly peerPort: number
  readonly state: WorkerState
  readonly exit: AgentExit | null
  /** Resolves once, when the process is gone. */
  readonly ended: Promise<{ exit: AgentExit; cause: EndCause }>
  /** Kills the process without a warning, as a fault. Resolves when it is gone. */
  kill(): Promise<void>
  /** It has shown a new key; its ready line is out of date. */
  rotated(aid: string): void
}

export interface Supervisor {
  /** Resolves when the worker listens; rejects with `agent_start_timeout` or `agent_spawn_error`. */
  launch(spec: LaunchSpec, signal: AbortSignal): Promise<Worker>
  stopRun(runId: string): Promise<void>
  stopAll(): Promise<void>
  workers(): Worker[]
}

const keptErrorLines = 20

export function createSupervisor(log: Logger): Supervisor {
  const all = new Set<SupervisedWorker>()

  async function launch(spec: LaunchSpec, signal: AbortSignal): Promise<Worker> {
    signal.throwIfAborted()
    const worker = await SupervisedWorker.start(spec, log)
    all.add(worker)
    spec.onSpawn?.(worker)
    worker.ended.then(() => all.delete(worker)).catch(() => undefined)
    try {
      await worker.ready(spec.startupTimeoutMs, signal)
      return worker
    } catch (error) {
      await worker.stop()
      throw error
    }
  }

  const stopWhere = async (wanted: (worker: Worker) => boolean) => {
    await Promise.all([...all].filter(wanted).map((worker) => worker.stop()))
  }

  return {
    launch,
    stopRun: (runId) => stopWhere((worker) => worker.runId === runId),
    stopAll: () => stopWhere(() => true),
    workers: () => [...all],
  }
}

class SupervisedWorker implements Worker {
  readonly runId: string
  readonly agentId: string
  readonly ended: Worker['ended']
  aid = ''
  port = 0
  peerPort = 0
  state: WorkerState = 'starting'
  exit: AgentExit | null = null
  #process: AgentProcess | null = null
  #errorLines: string[] = []
  #endCause: EndCause = 'crashed'
  #announced = Promise.withResolvers<void>()
  #ended = Promise.withResolvers<{ exit: AgentExit; cause: EndCause }>()
  readonly #log: Logger
  readonly #spec: LaunchSpec
  readonly #redacted: (line: string) => string

  private constructor(spec: LaunchSpec, log: Logger) {
    this.runId = spec.runId
    this.agentId = spec.agentId
    this.#spec = spec
    this.#redacted = createRedactor(spec.secrets)
    this.ended = this.#ended.promise
    this.#log = log.child({ run_id: spec.runId, agent_id: spec.agentId })
    this.#announced.promise.catch(() => undefined)
  }

  static async start(spec: LaunchSpec, log: Logger): Promise<SupervisedWorker> {
    const worker = new SupervisedWorker(spec, log)
    try {
      worker.#process = await startChildProcess({
        ...spec,
        onLine: (stream, line) => worker.#onLine(stream, line),
      })
    } catch (error) {
      throw new AppError('agent_spawn_error', `${worker.#name()} could not be started from ${spec.file}.`, {
        cause: error,
      })
    }
    worker.#process.exited.then((exit) => worker.#onExit(exit)).catch(() => undefined)
    return worker
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  async ready(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const timer = setTimeout(
      () =>
        this.#announced.reject(
          new AppError(
            'agent_start_timeout',
            `${this.#name()} did not say within ${timeoutMs} ms that it listens; raise startupTimeoutMs in its manifest or read its log${this.#lastWords()}`,
          ),
        ),
      timeoutMs,
    )
    const onAbort = () => this.#announced.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    // It may have been aborted while the process was being spawned.
    if (signal.aborted) onAbort()
    try {
      await this.#announced.promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  async stop(): Promise<void> {
    await this.#end('stopped', stopGraceMs)
  }

  kill(): Promise<void> {
    return this.#end('fault', 0)
  }

  rotated(aid: string): void {
    this.aid = aid
  }

  async #end(cause: EndCause, grace: number): Promise<void> {
    if (this.state === 'ended') return
    if (this.state !== 'stopping') this.#endCause = cause
    this.state = 'stopping'
    await this.#process?.stop(grace)
    await this.ended
  }

  #onLine(stream: 'stdout' | 'stderr', line: string): void {
    const told = this.#redacted(line)
    this.#log.info({ pid: this.#process?.pid, stream }, told)
    if (stream === 'stderr') this.#errorLines = [...this.#errorLines, told].slice(-keptErrorLines)
    const announced =
      stream === 'stdout' && this.state === 'starting' ? readyLine.exec(line)?.groups : undefined
    if (!announced) return
    this.aid = String(announced['aid'])
    this.port = Number(announced['port'])
    this.peerPort = this.#spec.peerPort ?? this.port
    this.state = 'ready'
    this.#announced.resolve()
  }

  #onExit(exit: AgentExit): void {
    this.state = 'ended'
    this.exit = exit
    this.#announced.reject(
      new AppError(
        'agent_spawn_error',
        `${this.#name()} ended before it listened (${describeExit(exit)})${this.#lastWords()}`,
      ),
    )
    this.#ended.resolve({ exit, cause: this.#endCause })
  }

  #name(): string {
    const { agentId, command } = this.#spec
    return `Agent ${agentId}${command === undefined ? '' : ` (${command})`}`
  }

  #lastWords(): string {
    return this.#errorLines.length === 0 ? '.' : `: ${this.#errorLines.join(' | ').slice(0, 600)}`
  }
}

export function describeExit({ code, signal }: AgentExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`
}
