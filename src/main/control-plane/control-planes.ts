import type { Logger } from 'pino'
import type { ControlPlaneChoice } from '../../shared/run.ts'
import { type ControlPlane, createControlPlane } from './client.ts'
import { controlPlaneConfig, type EmbeddedAddress } from './config.ts'

/** The Control Planes that runs of this host work with; runs of one address share what is known of it. */
export interface ControlPlanes {
  /** `null` for none. Throws `invalid_body`. */
  of(choice: ControlPlaneChoice | undefined): ControlPlane | null
  /** That of a run which was stored earlier; `null` also where there is none like it any more. */
  find(choice: ControlPlaneChoice): ControlPlane | null
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
    const controlPlane = known.get(config.baseUrl) ?? createControlPlane(config, log)
    known.set(config.baseUrl, controlPlane)
    return controlPlane
  }
  return {
    of,
    find: (choice) => (choice === 'embedded' && embedded() === null ? null : of(choice)),
    close() {
      for (const controlPlane of known.values()) controlPlane.close()
    },
  }
}
