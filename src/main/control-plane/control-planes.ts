import type { Logger } from 'pino'
import type { ControlPlaneChoice, RunRecord } from '../../shared/run.ts'
import { type ControlPlane, createControlPlane } from './client.ts'
import { controlPlaneConfig, type EmbeddedAddress } from './config.ts'

/** The Control Planes that runs of this host work with; runs of one address share what is known of it. */
export interface ControlPlanes {
  /** `null` for none. Throws `invalid_body`. */
  of(choice: ControlPlaneChoice | undefined): ControlPlane | null
  /** That of a stored run; `null` also where there is none like it any more, or none that this host may ask. */
  ofRun(run: Pick<RunRecord, 'cp' | 'imported'>): ControlPlane | null
  close(): void
}

export function createControlPlanes(
  environment: NodeJS.ProcessEnv,
  embedded: () => EmbeddedAddress,
  log: Logger,
): ControlPlanes {
  const known = new Map<string, ControlPlane>()
  function of(choice: ControlPlaneChoice | undefined): ControlPlane | null {
    const config = controlPlaneConfig(environment, choice, embedded())
    if (config === null) return null
    // An address that somebody types in is asked without the key that belongs to the one inside.
    const key = `${config.choice} ${config.baseUrl}`
    const controlPlane = known.get(key) ?? createControlPlane(config, log)
    known.set(key, controlPlane)
    return controlPlane
  }
  return {
    of,
    ofRun({ cp, imported }) {
      // The address in a file that was handed in is somebody else's word.
      if (imported || (cp === 'embedded' && embedded() === null)) return null
      return of(cp)
    },
    close() {
      for (const controlPlane of known.values()) controlPlane.close()
    },
  }
}
