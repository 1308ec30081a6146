import type { Aitp } from '../../../src/aitp/index.ts'
import type { Transport } from '../network/send-request.ts'
import type { Outgoing } from '../outgoing.ts'
import { delayed, swallowed } from './bad-network.ts'
import { faultIn, spendFault } from './fault-context.ts'
import type { SentMessages } from './sent-messages.ts'
import { tampered } from './tamper.ts'
import { untilExpired } from './until-expired.ts'

export interface Sending<Value> {
  /** Sends a message and judges the answer. */
  judged(message: Outgoing, transport?: Transport): Promise<Value>
  /** Sends a message whose answer does not matter. */
  unjudged(message: Outgoing): Promise<void>
}

/** Sends a message, or does with it what the fault of the current work says. Each sending is an exchange of its own. */
export async function deliver<Value>(
  { aitp, sent }: { readonly aitp: Aitp; readonly sent: SentMessages },
  message: Outgoing,
  { judged, unjudged }: Sending<Value>,
): Promise<Value> {
  const fault = faultIn(message.kind)
  switch (fault?.kind) {
    case undefined: {
      const value = await judged(message)
      sent.keep(message)
      return value
    }
    case 'peer_offline':
      return judged({ ...message, url: atClosedPort(message.url) })
    case 'delay':
      return judged(message, spendFault() ? delayed(fault.ms) : undefined)
    case 'drop':
      return judged(message, swallowed(fault.ms))
    case 'duplicate':
      await unjudged(message)
      return judged(message)
    case 'tamper':
      return judged(tampered(message))
    case 'replayed_message': {
      const earlier = sent.last(message)
      if (earlier === undefined) await unjudged(message)
      return judged(earlier ?? message)
    }
    case 'expired_token':
      await untilExpired(aitp, message)
      return judged(message)
    case 'wrong_audience':
    case 'stolen_token':
    case 'clock_skew':
      // These are in the message already.
      return judged(message)
  }
}

/** Port 1 of the same host, where nobody listens. */
function atClosedPort(url: string): string {
  const closed = new URL(url)
  closed.port = '1'
  return closed.href
}
