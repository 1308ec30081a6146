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
}

export function createAdminAudit(database: DatabaseSync, now: () => number): AdminAudit {
  const insert = database.prepare('INSERT INTO admin_audit_log VALUES (?, ?, ?, ?, ?, ?, ?)')
  return {
    record: (action, { actor, requestId }, target, details = null) =>
      void insert.run(randomUUID(), action, actor, target, JSON.stringify(details), requestId, now()),
  }
}
