import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { StandInAnswer, StandInRequest } from './control-plane.ts'

const Subscription = z.object({ url: z.string(), events: z.array(z.string()) })
const Anchor = z.looseObject({ issuerUrl: z.string(), namespace: z.string().default('default') })
const Key = z.looseObject({ aid: z.string(), pubkey: z.string(), namespace: z.string().default('default') })
const Events = z.object({ events: z.array(z.looseObject({ type: z.string() })) })
const DelegationIssued = z.object({
  type: z.literal('delegation.issued'),
  jti: z.string(),
  parent_jti: z.string(),
  delegatee_aid: z.string(),
  scope: z.array(z.string()),
  tct: z.object({ claims: z.object({ iss: z.string() }) }),
})

type Delegation = Readonly<{
  jti: string
  parentJti: string
  delegator: string
  delegatee: string
  scope: string[]
}>

/** The part of a Control Plane that keeps what it is told: subscriptions, keys, anchors, and what events show. */
export function createRecords(): (request: StandInRequest) => StandInAnswer | null {
  const webhooks = new Map<string, object>()
  const keys = new Map<string, z.infer<typeof Key>>()
  const anchors = new Map<string, z.infer<typeof Anchor>>()
  const delegations = new Map<string, Delegation>()

  function ingest(body: string): number {
    const { events } = Events.parse(JSON.parse(body))
    for (const event of events) {
      const issued = DelegationIssued.safeParse(event).data
      if (issued === undefined) continue
      const { jti, parent_jti: parentJti, delegatee_aid: delegatee, scope } = issued
      delegations.set(jti, { jti, parentJti, delegator: issued.tct.claims.iss, delegatee, scope })
    }
    return events.length
  }

  /** A delegation and everything below it. */
  function tree(root: string): Delegation[] {
    const own = delegations.get(root)
    const below = [...delegations.values()].filter(({ parentJti }) => parentJti === root)
    return [...(own ? [own] : []), ...below.flatMap(({ jti }) => tree(jti))]
  }

  return ({ method, path, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://stand-in')
    const inNamespace = ({ namespace }: { namespace: string }) => namespace === searchParams.get('namespace')
    switch (`${method} ${pathname}`) {
      case 'POST /api/webhooks': {
        const id = randomUUID()
        const webhook = {
          id,
          ...Subscription.parse(JSON.parse(body)),
          secret: randomBytes(32).toString('hex'),
        }
        webhooks.set(id, webhook)
        return json(webhook, 201)
      }
      case 'POST /api/pinned-keys': {
        const key = Key.parse(JSON.parse(body))
        keys.set(`${key.namespace} ${key.aid}`, key)
        return json(key, 201)
      }
      case 'GET /api/pinned-keys':
        return json({ pinnedKeys: [...keys.values()].filter(inNamespace) })
      case 'POST /api/trust-anchors': {
        const anchor = Anchor.parse(JSON.parse(body))
        anchors.set(`${anchor.namespace} ${anchor.issuerUrl}`, anchor)
        return json(anchor, 201)
      }
      case 'GET /api/trust-anchors':
        return json({ trustAnchors: [...anchors.values()].filter(inNamespace) })
      case 'POST /api/events':
        return json({ ingested: ingest(body) })
      case 'GET /api/delegations': {
        const root = searchParams.get('root_jti')
        const delegator = searchParams.get('delegator')
        const found =
          root === null ? [...delegations.values()].filter((row) => row.delegator === delegator) : tree(root)
        return json({ delegations: found })
      }
      default: {
        const id = /^\/api\/webhooks\/([^/]+)$/.exec(pathname)?.[1]
        if (method !== 'DELETE' || id === undefined) return null
        return webhooks.delete(id) ? json({ deleted: true }) : json({ error: 'gone', code: 'NOT_FOUND' }, 404)
      }
    }
  }
}

function json(body: unknown, status = 200): StandInAnswer {
  return { status, body: JSON.stringify(body) }
}
