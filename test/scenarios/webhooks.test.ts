import { expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { openHost } from '../support/open-host.ts'
import { eventsOf, runToEnd } from '../support/run-scenario.ts'
import { scenarioTree } from '../support/scenario-tree.ts'

const webhookSubscription = {
  scenario_ref: 'intra-org/webhook-subscription@1.0.0',
  inputs: { topic: 'harbour pilots' },
}

it('webhook-subscription sees the report of its own handshake, signed by the Control Plane inside (B-59)', async () => {
  const host = await startHost({ controlPlanePort: 0 })
  const client = createLocalClient(host.handlers)
  const record = await runToEnd(client, webhookSubscription)
  expect(record.status).toBe('success')
  const { deliveries, ...rest } = await client.call('runCpDeliveries', {
    run_id: record.run_id,
    event_type: 'handshake.complete',
  })
  expect(rest).toMatchObject({
    subscribed: true,
    webhook: { url: `http://127.0.0.1:${host.port}/webhooks/cp/${record.run_id}`, events: [] },
    count: deliveries.length,
  })
  expect(deliveries[0]).toMatchObject({
    event_type: 'handshake.complete',
    payload: { eventType: 'handshake.complete', payload: { type: 'handshake.complete' } },
  })
  expect(record.events.map(({ type }) => type)).toContain('cp.webhook.delivered')
  expect(record.events.at(-1)?.type).toBe('run.complete')
})

it('a subscription is ended at the latest when the console closes (B-18)', async () => {
  const standIn = await startControlPlane()
  const scenariosDir = scenarioTree({ steps: [{ id: 'subscribe', type: 'cp_subscribe_webhook' }] })
  const host = await openHost(temporaryFolder(), { scenariosDir, ...configured(standIn) })
  const record = await runToEnd(createLocalClient(host.handlers))
  await host.close()
  const [subscribed] = eventsOf(record, 'cp.webhook.subscribed')
  expect(standIn.requests.map(({ method, path }) => `${method} ${path}`)).toContain(
    `DELETE /api/webhooks/${subscribed?.result.id}`,
  )
})
