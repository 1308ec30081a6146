import { clockSkewSecs } from './faults/fault-context.ts'

/** Integer Unix seconds, read once per verification step. */
export function unixNow(): number {
  return machineNow() + clockSkewSecs()
}

/** As {@link unixNow}, for what outlives the work at hand: no fault of that work reaches it. */
export function machineNow(): number {
  return Math.floor(Date.now() / 1000)
}
