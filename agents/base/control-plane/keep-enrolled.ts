import type { EnrolledWithCp } from '../../../src/shared/admin.ts'
import type { Agent } from '../agent.ts'
import { enrol } from './enrolment.ts'

/** Enrols an agent, and from then on again whenever its manifest is another. */
export interface KeptEnrolment {
  /** Throws as `enrol`. */
  enrol(baseUrl?: string): Promise<EnrolledWithCp>
}

const lookEachMs = 1_000
const retryAfterMs = 30_000

export function keepEnrolled(agent: Agent): KeptEnrolment {
  let timer: NodeJS.Timeout | undefined

  function watch(baseUrl: string | undefined, enrolled: string, afterMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void look(baseUrl, enrolled), afterMs).unref()
  }

  async function look(baseUrl: string | undefined, enrolled: string): Promise<void> {
    const { text } = agent.identity.manifest()
    if (text === enrolled) {
      watch(baseUrl, enrolled, lookEachMs)
      return
    }
    try {
      await enrol(agent, baseUrl)
      watch(baseUrl, text, lookEachMs)
    } catch {
      // Told as an event already.
      watch(baseUrl, enrolled, retryAfterMs)
    }
  }

  return {
    async enrol(baseUrl) {
      const { text } = agent.identity.manifest()
      const done = await enrol(agent, baseUrl)
      watch(baseUrl, text, lookEachMs)
      return done
    },
  }
}
