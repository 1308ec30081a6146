import type { EventType } from '../events.ts'

const handshake = 'RFC-AITP-0004'
const verifyTct = 'RFC-AITP-0005 §7.2'
const tct = 'RFC-AITP-0005'
const delegation = 'RFC-AITP-0006'
const redemption = 'RFC-AITP-0006 §5'
const revocation = 'RFC-AITP-0008'
const revocationList = 'RFC-AITP-0008 §1.5'
const freshness = 'RFC-AITP-0008 §3.1'
const bundleForm = 'RFC-AITP-0010 §3'
const bundleVerdict = 'RFC-AITP-0010 §5'

/** Where the specification says what an event is about; `null` for what is a matter of this program and of no RFC. */
export const sections: Readonly<Record<EventType, string | null>> = {
  'run.started': null,
  'run.complete': null,
  'run.failed': null,
  'run.cancelled': null,
  'run.interrupted': null,
  'run.paused': null,
  'run.resumed': null,
  'agent.spawning': null,
  'agent.ready': 'RFC-AITP-0001',
  'agent.exited': null,
  'oidc.issuer_minted': 'RFC-AITP-0002 §2',
  'trust.peers_resolved': 'RFC-AITP-0003',
  'trust.establishing': handshake,
  'trust.established': handshake,
  'trust.failed': handshake,
  'handshake.started': handshake,
  'handshake.complete': handshake,
  'handshake.failed': handshake,
  'manifest.verify_failed': 'RFC-AITP-0003 §5',
  'step.started': null,
  'step.complete': null,
  'step.skipped': null,
  'step.failed': null,
  'step.assertion_failed': null,
  'step.retrying': null,
  'step.waiting': null,
  'step.probing_no_trust': verifyTct,
  'step.probing_with_held_tct': verifyTct,
  'step.access_denied': verifyTct,
  'step.unexpected_status': null,
  'step.fault_injected': null,
  'step.fault_complete': null,
  'capability.self_execute': null,
  'gate.decided': verifyTct,
  'capability.invoked': null,
  'llm.started': null,
  'llm.complete': null,
  'llm.failed': null,
  'delegation.issuing': delegation,
  'delegation.issued': delegation,
  'delegation.redeeming': redemption,
  'delegation.redeemed': redemption,
  'delegation.rejected': 'RFC-AITP-0006 §4',
  'tct.revoked': revocation,
  'revocation.published': revocationList,
  'revocation.list_fetched': revocationList,
  'revocation.refresh_failed': freshness,
  'revocation.verify_failed': revocationList,
  'revocation.poll': freshness,
  'revocation.degraded_serve': freshness,
  'identity.key.rotated': 'RFC-AITP-0003 §8',
  'tct.renewed': tct,
  'tct.renewal.requested': tct,
  'tct.renewal.issued': tct,
  'tct.renewal.rejected': tct,
  'tct.cache.stats': verifyTct,
  'session.bundle.exported': bundleForm,
  'session.bundle.verified': bundleVerdict,
  'spki.pin.checked': null,
  'cp.enroll_started': null,
  'cp.enroll_complete': null,
  'cp.enroll_succeeded': null,
  'cp.enroll_failed': null,
  'cp.webhook.subscribed': null,
  'cp.webhook.subscribe_failed': null,
  'cp.webhook.delivered': null,
  'cp.trust_anchor.provisioned': 'RFC-AITP-0002',
  'cp.delegation.tree': delegation,
}
