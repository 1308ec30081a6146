import { type Aid, isSameKey } from '../aid.ts'

/** A key this agent trusts, with what is trusted about it. */
export interface Pin {
  readonly aid: Aid
  /** The subject the key may present. */
  readonly subject?: string
  /** What this agent may grant to it at most. */
  readonly allowedCapabilities?: readonly string[]
}

/** The trust store for pinned keys. */
export type PinStore = readonly Pin[]

/** The pin of a key, whichever textual form either side uses. */
export function findPin(pins: PinStore, aid: Aid): Pin | undefined {
  return pins.find((pin) => isSameKey(pin.aid, aid))
}
