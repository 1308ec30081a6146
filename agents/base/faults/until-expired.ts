import { setTimeout as wait } from 'node:timers/promises'
import type { Aitp } from '../../../src/aitp/index.ts'
import { findTokens } from '../../../src/shared/capture.ts'
import type { Outgoing } from '../outgoing.ts'
import { WorkerError } from '../refusal.ts'

const mostMs = 15_000

/** Waits until the token in a message has expired. Rejects with `fault_not_possible` when that is too far away. */
export async function untilExpired(aitp: Aitp, { headers = {}, body = '' }: Outgoing): Promise<void> {
  const expiry = findTokens(aitp, Object.entries(headers), body)
    .filter(({ kind }) => kind === 'tct')
    .map(({ claims }) => Number(claims['exp']))
    .at(0)
  if (expiry === undefined) throw new WorkerError(412, 'fault_not_possible', 'the message carries no token')
  const ms = expiry * 1_000 - Date.now()
  if (ms > mostMs) {
    const reason = `the token expires in ${Math.ceil(ms / 1_000)} s, at most ${mostMs / 1_000} s are waited for`
    throw new WorkerError(412, 'fault_not_possible', reason)
  }
  if (ms > 0) await wait(ms)
}
