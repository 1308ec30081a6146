import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a peer said to one request: a value, or why not. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      /** Wire code or the peer's own; `ABSENT` when this release has no such function; `null` when it names none. */
      readonly code: string | null
      readonly error: string
      readonly message: string
    }

export type MintJwt = (name: string, nonce: string) => string

/** A Python process with the published packages in it, asked one question at a time. */
export interface Judge {
  ask(op: string, args?: Readonly<Record<string, unknown>>): Promise<Answer>
  /** As `ask`, but a refusal is thrown. */
  get(op: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>
  close(): Promise<void>
}

/** The peer refused where an answer was needed to go on. */
export class PeerRefused extends Error {
  override readonly name = 'PeerRefused'
  readonly code: string | null

  constructor(op: string, answer: Extract<Answer, { ok: false }>) {
    super(`${op}: ${answer.error}${answer.code === null ? '' : ` ${answer.code}`}: ${answer.message}`)
    this.code = answer.code
  }
}

const script = fileURLToPath(new URL('judge.py', import.meta.url))

export function startJudge(
  python: string,
  packages: string,
  mintJwt: MintJwt = () => {
    throw new TypeError('no issuer was given')
  },
): Judge {
  const child = spawn(python, ['-u', script], {
    env: { PATH: process.env['PATH'], PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return new LineJudge(child, mintJwt)
}

class LineJudge implements Judge {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #mintJwt: MintJwt
  readonly #lines: Interface
  readonly #ended: Promise<unknown>
  #waiting: ((line: string | null) => void) | null = null
  #noise = ''
  #next = 1

  constructor(child: ChildProcessWithoutNullStreams, mintJwt: MintJwt) {
    this.#child = child
    this.#mintJwt = mintJwt
    this.#ended = once(child, 'close')
    this.#lines = createInterface({ input: child.stdout })
    this.#lines.on('line', (line) => this.#deliver(line))
    this.#lines.on('close', () => this.#deliver(null))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#noise = (this.#noise + text).slice(-2_000)
    })
    child.stdin.on('error', () => undefined)
  }

  async ask(op: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    this.#send({ id: this.#next++, op, args })
    for (;;) {
      const line = await new Promise<string | null>((resolve) => {
        this.#waiting = resolve
      })
      if (line === null) throw new Error(`the judge ended during ${op}: ${this.#noise.trim()}`)
      const message: unknown = JSON.parse(line)
      if (!isRecord(message)) throw new TypeError(`the judge wrote ${line}`)
      if (message['ask'] === 'mint_jwt') {
        this.#send({ jwt: this.#mintJwt(String(message['name']), String(message['nonce'])) })
        continue
      }
      if (message['ok'] === true) return { ok: true, value: message['value'] }
      const { code, error, message: text } = message
      return {
        ok: false,
        code: typeof code === 'string' ? code : null,
        error: String(error),
        message: String(text),
      }
    }
  }

  async get(op: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await this.ask(op, args)
    if (!answer.ok) throw new PeerRefused(op, answer)
    return answer.value
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  #deliver(line: string | null): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(line)
  }

  #send(message: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`)
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of an answer that has to be there. */
export function text(value: unknown, member?: string): string {
  const found = member === undefined ? value : isRecord(value) ? value[member] : undefined
  if (typeof found !== 'string') throw new TypeError(`expected a text${member ? ` in ${member}` : ''}`)
  return found
}
