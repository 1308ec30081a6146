import { join } from 'node:path'
import type { Retention } from '../../src/shared/contract.ts'
import type { StoredCapture } from '../../src/shared/exchange.ts'
import { temporaryFolder } from './folders.ts'
import { type OpenStore, openStoreAt } from './open-store.ts'

export { newRun, step, success } from './open-store.ts'

/** The store of a host for one test, in a database of its own unless `file` names one. */
export function openStore(file = join(temporaryFolder(), 'console.db'), retention?: Retention): OpenStore {
  return openStoreAt(file, retention)
}

export function capture(changes: Partial<StoredCapture>): StoredCapture {
  return {
    exchange_id: '00000000000000e1',
    trace_id: '0'.repeat(32),
    side: 'client',
    agent_id: 'alice',
    kind: 'hello',
    operation: null,
    session_id: null,
    peer_agent_id: 'bob',
    peer_aid: null,
    started_at: 1,
    duration_ms: 2,
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:1/aitp/handshake/hello',
      headers: [],
      body: { text: '{}', bytes: 2, truncated: false },
    },
    response: { status: 200, headers: [], body: { text: '{}', bytes: 2, truncated: false } },
    error: null,
    report: null,
    request_tokens: [],
    response_tokens: [],
    ...changes,
  }
}
