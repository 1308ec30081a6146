import type { Logger } from 'pino'
import { AnswerTooLarge, readBounded } from '../read-bounded.ts'
import type { ControlPlaneConfig } from './config.ts'

/** What a Control Plane answered; `null` when it did not, or too much, or when it is known to be away. */
export interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly body: unknown
}

/** HTTP to a Control Plane that may be away at any time. */
export interface Connection {
  request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer | null>
  /** Whether the last request had no answer, and no probe has had one since. */
  isAway(): boolean
  close(): void
}

const probeEveryMs = 5_000
const largestAnswer = 4 * 1024 * 1024

/**
 * Never rejects. After the first request without an answer none is sent, until a probe in the background gets one: a
 * Control Plane that is away costs one time-out, not one a step.
 */
export function createConnection(config: ControlPlaneConfig, log: Logger): Connection {
  let probing: NodeJS.Timeout | null = null

  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${config.baseUrl}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(config.apiKey === null ? {} : { authorization: `Bearer ${config.apiKey}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would carry the key elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(config.timeoutMs),
    })
    return {
      ok: response.ok,
      status: response.status,
      body: parse(await readBounded(response, largestAnswer)),
    }
  }

  function stopProbing(): void {
    if (probing !== null) clearInterval(probing)
    probing = null
  }

  async function probe(): Promise<void> {
    try {
      await send('GET', '/api/health')
      stopProbing()
      log.info({ cp: config.baseUrl }, 'the Control Plane answers again')
    } catch {
      // Still away; the next probe asks again.
    }
  }

  return {
    async request(method, path, body) {
      if (probing !== null) return null
      try {
        const answer = await send(method, path, body)
        if (!answer.ok)
          log.warn({ cp: config.baseUrl, path, status: answer.status }, 'the Control Plane refused')
        return answer
      } catch (error) {
        if (error instanceof AnswerTooLarge) {
          log.warn({ cp: config.baseUrl, path, err: error }, 'the Control Plane answers too much')
          return null
        }
        log.warn({ cp: config.baseUrl, path, err: error }, 'the Control Plane does not answer')
        probing ??= setInterval(() => void probe(), probeEveryMs).unref()
        return null
      }
    },
    isAway: () => probing !== null,
    close: stopProbing,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
