import type { ExchangeKind } from '../../src/shared/exchange.ts'

/** A request to a peer or to the Control Plane. */
export interface Outgoing {
  readonly kind: ExchangeKind
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly peerAid: string | null
  readonly timeoutMs: number
  /** Whether the host named this address itself; those of its peers' manifests it has named in any case. */
  readonly namedByHost?: boolean
}
