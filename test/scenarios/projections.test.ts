import { expect, test } from 'vitest'
import { sharedHost } from '../support/host.ts'
import { runToEnd } from '../support/run-scenario.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))

test('probe', async () => {
  const { client } = shared()
  for (const ref of [
    'delegation-chain',
    'revocation-demo',
    'tct-renewal',
    'webhook-subscription',
    'cp-delegation-tree',
    'key-rotation',
    'revocation-via-cp',
    'fault-injection',
  ]) {
    const record = await runToEnd(client, { scenario_ref: `intra-org/${ref}@1.0.0`, inputs: { topic: 'x' } })
    await new Promise((r) => setTimeout(r, 400))
    const p = await client.call('runProjections', { run_id: record.run_id })
    console.log(
      ref,
      p.event_count,
      p.taken_count,
      p.batches.length,
      p.rows
        .map(
          (r) =>
            `${r.kind} ${r.difference} ${r.members} :: ${r.explanation} ${r.difference === 'different' ? JSON.stringify([r.local, r.shown]) : ''}`,
        )
        .join('\n'),
    )
  }
  console.log(
    JSON.stringify(await client.call('controlPlaneStatus', {})),
    JSON.stringify(await client.call('controlPlaneRevocations', {})).slice(0, 600),
    (await client.call('controlPlaneWebhooks', {})).records.length,
  )
  expect(1).toBe(1)
})
