import type { HandshakeStep } from '../../shared/steps.ts'
import { establishTrust } from './establish-trust.ts'
import { faultFor } from './faults/fault-for.ts'
import { carryOutFaulty } from './faults/run-fault.ts'
import type { RunContext } from './run-context.ts'

/**
 * Has every pair shake hands before the first step, in agent order, first one way and then the other. A remote agent is
 * only shaken hands with.
 *
 * @returns the `seq`s of the last events of all of them
 */
export async function shakeAllHands(
  context: RunContext,
  causeSeq: readonly number[],
): Promise<readonly number[]> {
  const ids = context.scenario.scenario.spec.agents.map(({ id }) => id)
  const pairs = ids.flatMap((first, index) =>
    ids.slice(index + 1).flatMap((second) => [
      { initiator: first, responder: second },
      { initiator: second, responder: first },
    ]),
  )
  const ends: number[] = []
  for (const pair of pairs) {
    if (!context.agents.has(pair.initiator)) continue
    context.signal.throwIfAborted()
    const operation = context.log.begin(causeSeq)
    const step: HandshakeStep = { ...pair, id: `${pair.initiator}->${pair.responder}`, type: 'handshake' }
    const fault = faultFor(step, context)
    if (fault === null) await establishTrust(context, operation, pair)
    else await carryOutFaulty(step, fault, context, operation)
    ends.push(...operation.tail)
  }
  return ends.length === 0 ? causeSeq : ends
}
