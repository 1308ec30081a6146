import { describe, expect, test } from 'vitest'
import { loadRegistry } from '../../src/main/registry/index.ts'
import { sharedHost } from '../support/host.ts'
import { shippedScenarios } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))

/** What a scenario shows beyond its end when there is a Control Plane (playground.md §11). */
const effects: Readonly<Record<string, object>> = {
  'intra-org/external-enrollment@1.0.0': { self_enroll: { enrolled: true } },
  'intra-org/webhook-subscription@1.0.0': { subscribe: { subscribed: true, webhook_id: expect.any(String) } },
  'intra-org/cp-delegation-tree@1.0.0': {
    delegation_tree: { count: 1, delegations: [{ revoked: false, scope: ['write.content'] }] },
  },
  'intra-org/cp-trust-anchor-provisioning@1.0.0': {
    provision: { provisioned: true, pinned_key_count: 1, trust_anchor_count: 1 },
  },
  'intra-org/revocation-via-cp@1.0.0': { revoke: { published_to_cp: true, audience_revoked_count: 1 } },
}

/** The attacks are held elsewhere, with a Control Plane where they need one. */
const catalogue = loadRegistry(shippedScenarios).scenarios.filter(({ ref }) => !ref.startsWith('attacks/'))

const versions = catalogue.flatMap(({ ref, templates }) => [
  { ref, template: null },
  ...templates.map(({ metadata }) => ({ ref, template: metadata.name })),
])

describe('with the Control Plane inside (Appendix E 2)', () => {
  test.each(versions)('$ref $template comes to what it says', async ({ ref, template }) => {
    const record = await runToEnd(shared().client, { scenario_ref: ref, template })
    expect(record).toMatchObject({ cp: 'embedded', as_expected: true })
    if (template === null) expect(record.outputs).toMatchObject(effects[ref] ?? {})
  })
})
