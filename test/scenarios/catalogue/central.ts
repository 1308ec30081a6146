import {
  type WrittenSpec,
  withAgents,
  withoutMember,
  withoutStep,
  withTrust,
} from '../../support/shipped-scenarios.ts'

/** `failed`: its own assertions, or a step, fail the run. `unloadable`: it is refused. `facts`: what it shows differs. */
type Noticed = 'failed' | 'unloadable' | 'facts'

/** What a scenario would show nothing without, and how that is noticed when it is taken away. */
export interface Central {
  readonly ref: string
  readonly template?: string
  /** The member, as somebody would say it. */
  readonly member: string
  readonly remove: (spec: WrittenSpec) => void
  readonly noticed: Noticed
}

const researchAndWrite = 'intra-org/research-and-write@1.0.0'
const oidcIdentity = 'intra-org/oidc-identity@1.0.0'

function step(ref: string, id: string, noticed: Noticed, template?: string): Central {
  const named = template === undefined ? {} : { template }
  return { ref, ...named, member: `step ${id}`, remove: withoutStep(id), noticed }
}

function trust(ref: string, member: string, value: unknown, noticed: Noticed): Central {
  return { ref, member: `trust.${member}`, remove: withTrust(member, value), noticed }
}

export const central: readonly Central[] = [
  trust(researchAndWrite, 'eager', false, 'failed'),
  step(researchAndWrite, 'trust', 'failed', 'trust-strict'),
  step(researchAndWrite, 'revoke', 'failed', 'revoking'),
  trust('intra-org/research-and-write@1.1.0', 'eager', false, 'failed'),
  step('intra-org/trust-gate@1.0.0', 'establish_trust', 'failed'),
  {
    ref: 'intra-org/scoped-capabilities@1.0.0',
    member: 'requested_grants of scoped_handshake',
    remove: withoutMember('scoped_handshake', 'requested_grants'),
    noticed: 'failed',
  },
  step('intra-org/revocation-demo@1.0.0', 'revoke', 'failed'),
  step('intra-org/revocation-via-cp@1.0.0', 'revoke', 'failed'),
  {
    ref: 'intra-org/revocation-via-cp@1.0.0',
    member: 'via_cp of revoke',
    remove: withoutMember('revoke', 'via_cp'),
    noticed: 'facts',
  },
  step('intra-org/delegation-chain@1.0.0', 'redeem', 'failed'),
  step('intra-org/delegation-chain@1.0.0', 'delegate', 'unloadable'),
  trust('intra-org/delegation-multihop@1.0.0', 'onward_delegation', false, 'failed'),
  trust('intra-org/delegation-multihop@1.1.0', 'max_delegation_hops', 1, 'failed'),
  step('intra-org/key-rotation@1.0.0', 'writer_rotates', 'failed'),
  step('intra-org/key-rotation@1.0.0', 'trust_again', 'failed'),
  {
    ref: 'intra-org/fault-injection@1.0.0',
    member: 'fault of handshake_manifest_404',
    remove: withoutMember('handshake_manifest_404', 'fault'),
    noticed: 'failed',
  },
  {
    ref: 'intra-org/fault-injection@1.0.0',
    member: 'fault of call_peer_offline',
    remove: withoutMember('call_peer_offline', 'fault'),
    noticed: 'failed',
  },
  step('intra-org/external-enrollment@1.0.0', 'self_enroll', 'facts'),
  step('intra-org/webhook-subscription@1.0.0', 'subscribe', 'facts'),
  step('intra-org/webhook-subscription@1.0.0', 'handshake', 'failed'),
  step('intra-org/cp-delegation-tree@1.0.0', 'delegation_tree', 'facts'),
  step('intra-org/cp-delegation-tree@1.0.0', 'delegate', 'unloadable'),
  step('intra-org/cp-trust-anchor-provisioning@1.0.0', 'provision', 'facts'),
  step('intra-org/tct-cache-perf@1.0.0', 'write-2', 'failed'),
  {
    ref: oidcIdentity,
    member: 'the agent with an OIDC identity',
    remove(spec) {
      const [researcher] = spec.agents ?? []
      if (researcher) researcher['ref'] = '_shared/agents/researcher'
    },
    noticed: 'facts',
  },
  trust(oidcIdentity, 'eager', false, 'failed'),
  {
    ref: oidcIdentity,
    template: 'p256-suite',
    member: 'signing_suite',
    remove: withAgents('signing_suite', 'ed25519'),
    noticed: 'facts',
  },
  step('intra-org/tct-renewal@1.0.0', 'renew', 'facts'),
  step('intra-org/session-bundle@1.0.0', 'export', 'unloadable'),
  trust('intra-org/session-bundle@1.0.0', 'eager', false, 'failed'),
  {
    ref: 'intra-org/spki-pinning@1.0.0',
    member: 'the pin that matches',
    remove(spec) {
      const [matches, mismatch] = spec.workflow?.steps ?? []
      if (matches) matches['pins'] = mismatch?.['pins']
    },
    noticed: 'failed',
  },
  {
    ref: 'cross-cloud/distributed-review@1.0.0',
    member: 'did_web_host',
    remove: withAgents('did_web_host', null),
    noticed: 'facts',
  },
  trust('cross-org/federated-analysis@1.0.0', 'discovery', 'static', 'facts'),
]
