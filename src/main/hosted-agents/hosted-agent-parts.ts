import type { AllowedPrograms } from '../allowed-programs.ts'
import type { RevocationConfig } from '../control-plane/config.ts'
import type { ControlPlanes } from '../control-plane/control-planes.ts'
import type { DataFolder } from '../data-folder.ts'
import type { AgentStarter } from '../hosting/launch-agent.ts'
import type { PortAllocator } from '../hosting/ports.ts'
import type { Registry } from '../registry/index.ts'
import type { EventLogs } from '../store/event-log.ts'
import type { RunStore } from '../store/run-store.ts'

/** What hosting agents takes of the host. */
export interface HostedAgentParts extends AgentStarter {
  readonly dataFolder: DataFolder
  readonly registry: () => Registry
  readonly programs: AllowedPrograms
  readonly store: RunStore
  readonly logs: EventLogs
  readonly controlPlanes: ControlPlanes
  readonly revocation: RevocationConfig
  /** Apart from those of runs. */
  readonly hostedPorts: PortAllocator
  /** Aborted when the host closes. */
  readonly signal: AbortSignal
}
