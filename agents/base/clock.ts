import { clockSkewSecs } from './faults/fault-context.ts'

/** Integer Unix seconds, read once per verification step. */
export function unixNow(): number {
  return Math.floor(Date.now() / 1000) + clockSkewSecs()
}
