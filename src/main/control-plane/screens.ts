import { z } from 'zod'
import type { Aitp } from '../../aitp/index.ts'
import { listOf } from '../../shared/bounded.ts'
import type {
  ControlPlaneStatus,
  ServedRevocationList,
  ShownRecords,
} from '../../shared/contract/control-plane-screens.ts'
import { atMost } from '../at-most.ts'
import type { ControlPlane } from './client.ts'
import { entriesBelow } from './list-reader.ts'

const Health = z.object({ aid: z.string() })
const Shown = z.record(z.string(), z.unknown())
/** More than a list that verifies has room for. */
const mostRevocations = 10_000
const List = z.object({
  revocation_list: z.object({
    issuer: z.string(),
    published_at: z.int(),
    expires_at: z.int(),
    entries: listOf(
      z.object({ jti: z.string(), revoked_at: z.int(), reason: z.string().nullish() }),
      mostRevocations,
    ),
  }),
})

export async function statusOf(controlPlane: ControlPlane | null): Promise<ControlPlaneStatus> {
  if (controlPlane === null) {
    return { choice: 'off', base_url: null, reachable: false, aid: null, pinned_aid: null }
  }
  const { choice, baseUrl, aid: pinned } = controlPlane.config
  const health = Health.safeParse(await controlPlane.read('/api/health'))
  return {
    choice,
    base_url: baseUrl,
    reachable: health.success,
    aid: health.data?.aid ?? null,
    pinned_aid: pinned,
  }
}

/** The records under one name of an answer, or a bare list of them. */
export async function recordsOf(
  controlPlane: ControlPlane | null,
  path: string,
  name: string,
): Promise<ShownRecords> {
  const answer = await controlPlane?.read(path)
  const records = z.array(Shown).safeParse(entriesBelow(answer, name))
  return { reachable: records.success, records: records.data ?? [] }
}

/** Webhooks, each with what was delivered and how its receiver has been doing. */
export async function webhooksOf(controlPlane: ControlPlane | null): Promise<ShownRecords> {
  const { reachable, records } = await recordsOf(controlPlane, '/api/webhooks', 'webhooks')
  const whole = await atMost(4, records, async (webhook) => {
    const path = `/api/webhooks/${encodeURIComponent(String(webhook['id']).toWellFormed())}`
    const deliveries = await recordsOf(controlPlane, `${path}/deliveries`, 'deliveries')
    const breaker = Shown.safeParse(await controlPlane?.read(`${path}/circuit-breaker`))
    return {
      ...webhook,
      deliveries: deliveries.reachable ? deliveries.records : null,
      breaker: breaker.data ?? null,
    }
  })
  return { reachable, records: whole }
}

/** The list, and how it verifies under the AID that is pinned, else under none that anybody vouched for. */
export async function revocationListOf(
  aitp: Aitp,
  controlPlane: ControlPlane | null,
): Promise<ServedRevocationList> {
  const answer = await controlPlane?.read('/.well-known/aitp-revocation-list')
  const list = List.safeParse(answer).data?.revocation_list
  if (controlPlane === null || list === undefined) {
    return {
      reachable: false,
      entries: [],
      issuer: null,
      published_at: null,
      expires_at: null,
      report: null,
    }
  }
  const now = Math.floor(Date.now() / 1000)
  const collector = aitp.createCollector()
  try {
    const { aid } = controlPlane.config
    aitp.verifyRevocationList(JSON.stringify(answer), {
      now,
      ...(aid === null ? {} : { expectedIssuer: aitp.parseAid(aid) }),
      collector,
    })
  } catch {
    // The report says at which check, and why.
  }
  return {
    reachable: true,
    entries: list.entries.map(({ reason = null, ...entry }) => ({ ...entry, reason })),
    issuer: list.issuer,
    published_at: list.published_at,
    expires_at: list.expires_at,
    report: collector.report('revocation_list', now),
  }
}
