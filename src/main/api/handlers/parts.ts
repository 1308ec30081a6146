import type { Aitp } from '../../../aitp/index.ts'
import type { CallName, Handlers, StreamName } from '../../../shared/contract.ts'
import type { ControlPlanes } from '../../control-plane/control-planes.ts'
import type { HostedAgents } from '../../hosted-agents/hosted-agents.ts'
import type { Supervisor } from '../../hosting/supervisor.ts'
import type { Metrics } from '../../observability/metrics/metrics.ts'
import type { Registry } from '../../registry/index.ts'
import type { Runner } from '../../runner/runner.ts'
import type { DeliveryStore } from '../../store/delivery-store.ts'
import type { EventLogs } from '../../store/event-log.ts'
import type { ExchangeStore } from '../../store/exchange-store.ts'
import type { ReportStore } from '../../store/report-store.ts'
import type { RunArchive } from '../../store/run-archive.ts'
import type { RunStore } from '../../store/run-store.ts'
import type { SessionCodes } from '../session-codes.ts'

export interface HandlerParts {
  readonly aitp: Aitp
  readonly version: string
  readonly bearer: string
  readonly codes: SessionCodes
  readonly registry: () => Registry
  readonly runner: Runner
  readonly supervisor: Supervisor
  readonly store: RunStore
  readonly logs: EventLogs
  readonly exchanges: ExchangeStore
  readonly archive: RunArchive
  readonly hosted: HostedAgents
  readonly metrics: Metrics
  readonly reports: ReportStore
  readonly controlPlanes: ControlPlanes
  readonly deliveries: DeliveryStore
}

/** The handlers of one part of the contract. */
export type HandlersOf<Part> = Pick<Handlers, keyof Part & (CallName | StreamName)>
