import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Aitp } from '../../../aitp/index.ts'
import type { AdminAudit } from './audit/admin-audit.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Identity } from './identity.ts'
import type { Settings } from './settings.ts'

/** What every part of the Control Plane works with. */
export interface Context {
  readonly aitp: Aitp
  readonly database: DatabaseSync
  readonly identity: Identity
  readonly settings: Settings
  /** Unix milliseconds. */
  readonly now: () => number
  readonly log: Logger
  readonly audit: AdminAudit
  /** Events that were stored, for streams and webhooks. */
  readonly bus: EventBus
}
