import { afterAll, describe, test } from 'vitest'
import { type OpenEmbedded, openEmbedded } from '../support/embedded-control-plane.ts'
import { asker, type Check, type ControlPlaneUnderTest } from './contract/check.ts'
import { enrolmentChecks } from './contract/enrolment.ts'
import { faceChecks } from './contract/face.ts'
import { ingestionChecks } from './contract/ingestion.ts'
import { liveChecks } from './contract/live.ts'
import { revocationChecks } from './contract/revocation.ts'
import { sessionChecks } from './contract/sessions.ts'
import { tokenChecks } from './contract/tokens.ts'
import { trustStoreChecks } from './contract/trust-store.ts'
import { webhookChecks } from './contract/webhooks.ts'

const all: readonly Check[] = [
  ...faceChecks,
  ...ingestionChecks,
  ...sessionChecks,
  ...tokenChecks,
  ...revocationChecks,
  ...webhookChecks,
  ...enrolmentChecks,
  ...liveChecks,
  ...trustStoreChecks,
]

/**
 * The same checks for any Control Plane: that of `AITP_CONTRACT_CP_URL`, with `AITP_CONTRACT_CP_KEY`, or our own. What
 * the original is known to do otherwise is not asked of another one, and is named.
 */
const url = process.env['AITP_CONTRACT_CP_URL']
const isOurs = url === undefined

let ours: Promise<OpenEmbedded> | undefined
afterAll(async () => (await ours)?.close())

async function underTest(): Promise<ControlPlaneUnderTest> {
  if (!isOurs) {
    const apiKey = process.env['AITP_CONTRACT_CP_KEY'] ?? ''
    return { baseUrl: url, apiKey, ask: asker(url, apiKey) }
  }
  ours ??= openEmbedded({ loopbackReceivers: { has: () => true } })
  const { baseUrl, apiKey } = await ours
  return { baseUrl, apiKey, ask: asker(baseUrl, apiKey) }
}

const rows = [...Map.groupBy(all, ({ row }) => row)].sort(([a], [b]) => a - b)

describe.each(rows)('row %i of the checklist', (_row, checks) => {
  for (const check of checks) {
    const differs = !isOurs && check.original !== undefined
    test.skipIf(differs)(
      differs ? `${check.title} (the original ${check.original})` : check.title,
      async () => {
        await check.run(await underTest())
      },
    )
  }
})
