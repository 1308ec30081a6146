import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Question } from '../http/route.ts'

export type AdminAction =
  | 'agent.register'
  | 'agent.deregister'
  | 'revocation.add'
  | 'webhook.create'
  | 'webhook.update'
  | 'webhook.delete'
  | 'webhook.circuit-breaker.reset'
  | 'trust-anchor.create'
  | 'trust-anchor.update'
  | 'trust-anchor.delete'
  | 'pinned-key.upsert'
  | 'pinned-key.delete'

/** Who changed what (control-plane.md §3.16). Details never hold a secret; the actor is recorded (D-14). */
export interface AdminAudit {
  record(
    action: AdminAction,
    question: Pick<Question, 'actor' | 'requestId'>,
    target: string,
    details?: unknown,
  ): void
  /** Changes that could not be recorded since the start; each was answered as failed. */
  failures(): number
}

export function createAdminAudit(database: DatabaseSync, now: () => number): AdminAudit {
  const insert = database.prepare('INSERT INTO admin_audit_log VALUES (?, ?, ?, ?, ?, ?, ?)')
  let failures = 0
  return {
    record(action, { actor, requestId }, target, details = null) {
      try {
        insert.run(randomUUID(), action, actor, target, JSON.stringify(details), requestId, now())
      } catch (error) {
        failures += 1
        throw error
      }
    },
    failures: () => failures,
  }
}
