import type { Step } from '../../../shared/steps.ts'

export function ScenarioSteps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="muted">None: agents start, shake hands and stop.</p>
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.id}>
          <div>
            <strong>{step.id}</strong> <span className="chip">{step.type}</span>
          </div>
          <p>
            {describe(step)}
            {'fault' in step && step.fault !== undefined ? ` Fault: ${step.fault.kind}.` : ''}
          </p>
          {step.description === undefined ? null : <p className="muted small">{step.description}</p>}
        </li>
      ))}
    </ol>
  )
}

function describe(step: Step) {
  switch (step.type) {
    case 'meta':
      return 'Marks a place in the run; nothing is executed.'
    case 'handshake':
      return `${step.initiator} shakes hands with ${step.responder}${
        step.requested_grants ? ` and asks for ${step.requested_grants.join(', ')}` : ''
      }.`
    case 'workflow':
      return (
        <>
          {step.agent} performs <code>{step.capability}</code>
          {step.target_agent === undefined ? '' : ` at ${step.target_agent}`}
          {step.input_from === undefined ? '' : ` with the output of ${step.input_from}`}.
        </>
      )
    case 'capability_call_no_trust':
    case 'capability_probe':
      return (
        <>
          {step.agent} tries <code>{step.capability}</code> at {step.target_agent},{' '}
          {step.type === 'capability_probe' ? 'with the token it holds' : 'without a token'}
          {step.expect_status === undefined ? '' : `; expected is status ${step.expect_status}`}.
        </>
      )
    case 'delegate':
      return `${step.delegator} passes ${step.scope.join(', ')} on to ${step.delegatee}, by what ${step.via_peer} granted it.`
    case 'redeem_delegation':
      return `${step.delegatee} redeems the delegation of ${step.via_delegation} at ${step.target}.`
    case 'revoke_tct':
      return `${step.issuer} revokes the token it gave ${step.audience}${step.via_cp ? ', and publishes that' : ''}.`
    case 'refresh_revocations':
      return `${step.agent} fetches the revocation list.`
    case 'rotate_keys':
      return `${step.agent} takes a new key.`
    case 'renew_tct':
      return `${step.agent} has its token renewed by ${step.via_peer}.`
    case 'tct_cache_stats':
      return `${step.agent} tells how often it found a token verified already.`
    case 'export_session_bundle':
      return `${step.coordinator} signs a session bundle for ${step.participants.join(', ')}.`
    case 'verify_session_bundle':
      return `${step.verifier} verifies the session bundle of ${step.via_step}.`
    case 'spki_pin_check':
      return 'Compares a certificate with the pinned ones.'
    case 'enroll_with_cp':
      return `${step.agent} enrols with the Control Plane.`
    case 'cp_subscribe_webhook':
      return 'Has the Control Plane report its events.'
    case 'cp_provision_trust_anchor':
      return `Pins the key of ${step.agent} in the Control Plane.`
    case 'cp_delegation_tree':
      return `Reads the delegations of ${step.agent} from the Control Plane.`
    case 'wait':
      return `Waits ${step.ms} ms.`
    case 'parallel':
      return `At the same time: ${step.steps.map(({ id }) => id).join(', ')}.`
  }
}
