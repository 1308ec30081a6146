import { expect, test } from 'vitest'
import { sharedHost } from '../support/host.ts'
import { runToEnd } from '../support/run-scenario.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))

const effects = {
  'external-enrollment': { self_enroll: { enrolled: true } },
  'webhook-subscription': { subscribe: { subscribed: true } },
  'cp-delegation-tree': { delegation_tree: { count: 1, delegations: [{ revoked: false }] } },
  'cp-trust-anchor-provisioning': { provision: { provisioned: true, pinned_key_count: 1 } },
  'revocation-via-cp': { revoke: { published_to_cp: true, audience_revoked_count: 1 } },
}

test.each(Object.entries(effects))(
  '%s shows its effect with the Control Plane inside',
  async (name, outputs) => {
    const record = await runToEnd(shared().client, {
      scenario_ref: `intra-org/${name}@1.0.0`,
      inputs: { topic: 'harbour pilots' },
    })
    expect(record).toMatchObject({ status: 'success', cp: 'embedded', as_expected: true, outputs })
  },
)
