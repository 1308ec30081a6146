import type { Bootstrap } from '../../../src/shared/bootstrap.ts'
import { NoAnswer, sendRequest } from '../network/send-request.ts'

/** The Control Plane this agent was told of, and whether anybody is there. */
export interface ControlPlane {
  /** Origin, without a trailing slash and without `/api`. */
  readonly baseUrl: string
  readonly apiKey: string | null
  /**
   * Does work that asks the Control Plane. Once it has not answered, work is refused at once with {@link NoAnswer},
   * until a probe in the background finds it again: an absent one costs a single time limit.
   */
  ask<Value>(work: () => Promise<Value>): Promise<Value>
  /** Somebody else had no answer from it: this agent need not find that out again. */
  takeAsAway(): void
}

/** What one request to it may take. */
export const controlPlaneTimeoutMs = 5_000
const probeEachMs = 2_000

export function createControlPlane({ base_url, api_key }: NonNullable<Bootstrap['cp']>): ControlPlane {
  const baseUrl = controlPlaneOrigin(base_url)
  let probing: NodeJS.Timeout | null = null

  async function probe(): Promise<void> {
    try {
      await sendRequest(
        { method: 'GET', url: `${baseUrl}/api/health`, headers: {}, timeoutMs: controlPlaneTimeoutMs },
        { namedByHost: true },
      )
      probing = null
    } catch {
      // Still away.
      probeLater()
    }
  }

  function probeLater(): void {
    probing = setTimeout(() => void probe(), probeEachMs).unref()
  }

  return {
    baseUrl,
    apiKey: api_key,
    takeAsAway() {
      if (probing === null) probeLater()
    },
    async ask(work) {
      if (probing !== null) throw new NoAnswer(`the Control Plane at ${baseUrl} is away`)
      try {
        return await work()
      } catch (error) {
        if (error instanceof NoAnswer && probing === null) probeLater()
        throw error
      }
    },
  }
}

/** Some configure the origin, some the address of its `/api`. */
export function controlPlaneOrigin(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '').replace(/\/api$/, '')
}
