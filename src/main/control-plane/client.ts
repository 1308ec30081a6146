import type { Logger } from 'pino'
import { z } from 'zod'
import { listOf } from '../../shared/bounded.ts'
import type { ControlPlaneConfig } from './config.ts'
import { type Answer, createConnection } from './connection.ts'
import { createListReader } from './list-reader.ts'
import { type Projections, readProjections } from './projections.ts'
import { Delegation, PinnedKey, RegistryRecord, TrustAnchor, Webhook } from './records.ts'

/** Which delegations are asked for; `root_jti` gives everything below one of them. */
export type DelegationQuery = { readonly delegator: string } | { readonly root_jti: string }

/**
 * The calls a run makes to a Control Plane. None of them ever rejects, and no run depends on one: without an answer, or
 * with one that is not understood, each gives its neutral value.
 */
export interface ControlPlane {
  readonly config: ControlPlaneConfig
  discoverByCapability(capability: string): Promise<RegistryRecord[]>
  /** Sends one batch of events; the Control Plane has projected them when this resolves. */
  ingestEvents(events: readonly object[]): Promise<Ingested>
  /** Whether the revocation was taken. */
  publishRevocation(jti: string, reason: string): Promise<boolean>
  /** No `events` means every type that can be delivered. */
  createWebhook(url: string, events: readonly string[]): Promise<Webhook | null>
  /** Whether it is gone; one that was gone before counts. */
  deleteWebhook(id: string): Promise<boolean>
  delegations(query: DelegationQuery): Promise<Delegation[]>
  /** Gives the anchor that is there already when there is one. */
  ensureTrustAnchor(anchor: {
    issuerUrl: string
    namespace: string
    label: string
  }): Promise<TrustAnchor | null>
  upsertPinnedKey(key: {
    aid: string
    pubkey: string
    namespace: string
    label: string
  }): Promise<PinnedKey | null>
  trustAnchors(namespace: string): Promise<TrustAnchor[]>
  pinnedKeys(namespace: string): Promise<PinnedKey[]>
  /** What is answered to a question, as it is; `null` where nothing is, or a refusal. */
  read(path: string): Promise<unknown>
  /** What it makes of what it was told. */
  readonly projections: Projections
  /** Whether nobody answers there at the moment. */
  isAway(): boolean
  close(): void
}

/** What a Control Plane said to a batch; `error` where it did not take all of it. */
export interface Ingested {
  /** `null` when there was no answer. */
  readonly status: number | null
  readonly error: string | null
}

const Taken = z.object({
  rejected: listOf(z.object({ index: z.int(), error: z.string() }), 500).default([]),
})
const RefusedBatch = z.object({ error: z.string() })

function ingested(answer: Answer | null): Ingested {
  if (answer === null) return { status: null, error: 'the Control Plane gave no answer' }
  const { status, ok, body } = answer
  if (!ok) return { status, error: RefusedBatch.safeParse(body).data?.error ?? `answered ${status}` }
  const [first, ...others] = Taken.safeParse(body).data?.rejected ?? []
  const error = first === undefined ? null : `left out ${others.length + 1}: ${first.error}`
  return { status, error }
}

export function createControlPlane(config: ControlPlaneConfig, log: Logger): ControlPlane {
  const { request, isAway, close } = createConnection(config, log)
  const list = createListReader(request)

  async function create<Item extends z.ZodType>(
    path: string,
    body: unknown,
    item: Item,
  ): Promise<z.output<Item> | null> {
    const answer = await request('POST', path, body)
    return answer?.ok ? (item.safeParse(answer.body).data ?? null) : null
  }

  const trustAnchors = (namespace: string) =>
    list('/api/trust-anchors', { namespace }, 'trustAnchors', TrustAnchor)

  return {
    config,
    discoverByCapability: (capability) =>
      list('/api/registry/agents', { capability }, 'agents', RegistryRecord),
    async ingestEvents(events) {
      const answer = await request('POST', '/api/events', { events })
      return ingested(answer)
    },
    publishRevocation: async (jti, reason) =>
      (await request('POST', '/api/revocation/entries', { jti, reason }))?.ok ?? false,
    createWebhook: (url, events) => create('/api/webhooks', { url, events, active: true }, Webhook),
    async deleteWebhook(id) {
      const answer = await request('DELETE', `/api/webhooks/${encodeURIComponent(id.toWellFormed())}`)
      return answer !== null && (answer.ok || answer.status === 404)
    },
    delegations: (query) => list('/api/delegations', { ...query }, 'delegations', Delegation),
    async ensureTrustAnchor(anchor) {
      const made = await create('/api/trust-anchors', anchor, TrustAnchor)
      // Creation is no upsert: a second one is refused, and the first still stands.
      return (
        made ??
        (await trustAnchors(anchor.namespace)).find(({ issuerUrl }) => issuerUrl === anchor.issuerUrl) ??
        null
      )
    },
    upsertPinnedKey: (key) => create('/api/pinned-keys', key, PinnedKey),
    trustAnchors,
    pinnedKeys: (namespace) => list('/api/pinned-keys', { namespace }, 'pinnedKeys', PinnedKey),
    async read(path) {
      const answer = await request('GET', path)
      return answer?.ok ? answer.body : null
    },
    projections: readProjections(request, list),
    isAway,
    close,
  }
}
