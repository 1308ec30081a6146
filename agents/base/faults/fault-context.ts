import { AsyncLocalStorage } from 'node:async_hooks'
import type { ExchangeKind } from '../../../src/shared/exchange.ts'
import type { AgentFault } from '../../../src/shared/faults.ts'

type FaultKind = AgentFault['kind']

interface FaultyWork {
  readonly fault: AgentFault
  /** The messages that the fault is put into. */
  readonly into: readonly ExchangeKind[]
  /** Set once a fault that strikes one message only has struck. */
  isSpent: boolean
}

const storage = new AsyncLocalStorage<FaultyWork>()
const usualTargets: readonly ExchangeKind[] = ['hello', 'capability', 'redeem', 'renew', 'revocation_list']

/**
 * Does the work with a fault in it: what it sends, presents or reads from the clock goes wrong that way.
 *
 * @param into the messages that are struck; a manifest only where the work consists of nothing else
 */
export function withFault<Result>(
  fault: AgentFault | undefined,
  work: () => Result,
  into: readonly ExchangeKind[] = usualTargets,
): Result {
  return fault === undefined ? work() : storage.run({ fault, into, isSpent: false }, work)
}

/** The fault of this kind that the current work is done with. */
export function faultOf<Kind extends FaultKind>(kind: Kind): Extract<AgentFault, { kind: Kind }> | undefined {
  const fault = storage.getStore()?.fault
  return isOfKind(fault, kind) ? fault : undefined
}

/** The fault that strikes a message of this kind. */
export function faultIn(kind: ExchangeKind): AgentFault | undefined {
  const work = storage.getStore()
  // Who is offline answers nothing at all.
  return work !== undefined && (work.fault.kind === 'peer_offline' || work.into.includes(kind))
    ? work.fault
    : undefined
}

/** True the first time it is asked in a piece of work. */
export function spendFault(): boolean {
  const work = storage.getStore()
  if (work === undefined || work.isSpent) return false
  work.isSpent = true
  return true
}

/** By how much this agent's clock is off, in seconds; negative is behind. */
export function clockSkewSecs(): number {
  return faultOf('clock_skew')?.secs ?? 0
}

function isOfKind<Kind extends FaultKind>(
  fault: AgentFault | undefined,
  kind: Kind,
): fault is Extract<AgentFault, { kind: Kind }> {
  return fault?.kind === kind
}
