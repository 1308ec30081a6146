import type { Telemetry } from '../telemetry.ts'
import type { RevocationState } from './revocation-state.ts'

/** How long nothing is told while nothing changes. */
const silenceMs = 600_000

/** Fetches the list every so often for as long as the process has other things to do. */
export function startPolling(revocation: RevocationState, telemetry: Telemetry, everyMs: number): void {
  let known = { healthy: revocation.posture === 'current', posture: revocation.posture }
  let toldAt = performance.now()

  async function poll(): Promise<void> {
    const { verified = false, added, posture } = await revocation.refresh({ quiet: true })
    const changed = added > 0 || verified !== known.healthy || posture !== known.posture
    if (changed || performance.now() - toldAt >= silenceMs) {
      telemetry.event({ type: 'revocation.poll', healthy: verified, changed, posture })
      toldAt = performance.now()
    }
    known = { healthy: verified, posture }
    later()
  }

  function later(): void {
    setTimeout(() => void poll(), everyMs).unref()
  }

  later()
}
