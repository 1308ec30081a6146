import { z } from 'zod'
import { Fault } from './faults.ts'

const Name = z.string().min(1)
const AgentId = Name
/** Outputs are kept and named under it. */
const StepId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'a step id is letters, digits, - and _')

/** What a step's output must be; `path` is dotted, empty for the whole output. */
export const Assertion = z
  .strictObject({
    path: z.string().default(''),
    /** Exactly this JSON value. */
    equals: z.unknown().optional(),
    not_equals: z.unknown().optional(),
    /** A text that has this in it, or a list that has it as a member. */
    contains: z.union([z.string(), z.number(), z.boolean()]).optional(),
    /** Whether there is a value, and not `null`. */
    exists: z.boolean().optional(),
  })
  .meta({ id: 'Assertion' })
export type Assertion = z.infer<typeof Assertion>

/** Tries a step again when it fails, `attempts` times in all. */
export const Retry = z
  .strictObject({
    attempts: z.int().min(2).max(5),
    delay_ms: z.int().nonnegative().max(10_000).default(200),
  })
  .meta({ id: 'Retry' })

const stepBase = {
  id: StepId,
  /** For the narration. */
  description: z.string().optional(),
}

/** What every step that does something can carry. */
const doing = {
  ...stepBase,
  assert: z.array(Assertion).min(1).optional(),
  /** Whether an assertion or `expect_status` that does not hold fails the run; `spec.strict` otherwise. */
  strict: z.boolean().optional(),
  retry: Retry.optional(),
}

const faulty = { ...doing, fault: Fault.optional() }

/** The one value a step takes: an earlier step's output, a text made from inputs and outputs, or all inputs. */
const withInput = {
  input_from: StepId.optional(),
  /** `{{ inputs.NAME }}` and `{{ outputs.STEP.path }}` are replaced. */
  input_template: z.string().optional(),
}

/** HTTP status that is hoped for; what a mismatch leads to is for `strict`. */
const ExpectStatus = z.int().min(100).max(599)

export const MetaStep = z.strictObject({ ...stepBase, type: z.literal('meta') }).meta({ id: 'MetaStep' })

export const WorkflowStep = z
  .strictObject({
    ...faulty,
    ...withInput,
    type: z.literal('workflow'),
    /** Who acts: it runs the capability itself when it offers it, else calls the first agent that does. */
    agent: AgentId,
    capability: Name,
    /** Calls this agent instead of the first that offers the capability. */
    target_agent: AgentId.optional(),
  })
  .meta({ id: 'WorkflowStep' })
export type WorkflowStep = z.infer<typeof WorkflowStep>

export const CapabilityCallNoTrustStep = z
  .strictObject({
    ...faulty,
    type: z.literal('capability_call_no_trust'),
    agent: AgentId,
    target_agent: AgentId,
    capability: Name,
    expect_status: ExpectStatus.optional(),
  })
  .meta({ id: 'CapabilityCallNoTrustStep' })
export type CapabilityCallNoTrustStep = z.infer<typeof CapabilityCallNoTrustStep>

export const CapabilityProbeStep = z
  .strictObject({
    ...faulty,
    ...withInput,
    type: z.literal('capability_probe'),
    agent: AgentId,
    target_agent: AgentId,
    capability: Name,
    expect_status: ExpectStatus.optional(),
  })
  .meta({ id: 'CapabilityProbeStep' })
export type CapabilityProbeStep = z.infer<typeof CapabilityProbeStep>

export const HandshakeStep = z
  .strictObject({
    ...faulty,
    type: z.literal('handshake'),
    initiator: AgentId,
    responder: AgentId,
    /** Everything the responder offers when absent; an empty list would say the opposite of what it does. */
    requested_grants: z.array(z.string()).min(1).optional(),
  })
  .meta({ id: 'HandshakeStep' })
export type HandshakeStep = z.infer<typeof HandshakeStep>

export const DelegateStep = z
  .strictObject({
    ...faulty,
    type: z.literal('delegate'),
    delegator: AgentId,
    delegatee: AgentId,
    /** Whose token the delegator passes on. */
    via_peer: AgentId,
    scope: z.array(Name).min(1),
    ttl_secs: z.int().positive().optional(),
    /** Makes the token extensible into a chain, which needs `trust.max_delegation_hops` at the verifier. */
    chained: z.boolean().optional(),
    /** Extends the delegation that this earlier step made, instead of starting from the delegator's own token. */
    via_delegation: StepId.optional(),
  })
  .meta({ id: 'DelegateStep' })
export type DelegateStep = z.infer<typeof DelegateStep>

export const RedeemDelegationStep = z
  .strictObject({
    ...faulty,
    type: z.literal('redeem_delegation'),
    delegatee: AgentId,
    target: AgentId,
    via_delegation: StepId,
  })
  .meta({ id: 'RedeemDelegationStep' })
export type RedeemDelegationStep = z.infer<typeof RedeemDelegationStep>

export const RevokeTctStep = z
  .strictObject({
    ...faulty,
    type: z.literal('revoke_tct'),
    issuer: AgentId,
    audience: AgentId,
    /** Revokes the token that this earlier step obtained, instead of the newest that `audience` has from `issuer`. */
    via_step: StepId.optional(),
    via_cp: z.boolean().default(false),
    reason: z.string().optional(),
  })
  .meta({ id: 'RevokeTctStep' })
export type RevokeTctStep = z.infer<typeof RevokeTctStep>

export const RefreshRevocationsStep = z
  .strictObject({
    ...faulty,
    type: z.literal('refresh_revocations'),
    agent: AgentId,
  })
  .meta({ id: 'RefreshRevocationsStep' })
export type RefreshRevocationsStep = z.infer<typeof RefreshRevocationsStep>

export const RotateKeysStep = z
  .strictObject({ ...doing, type: z.literal('rotate_keys'), agent: AgentId })
  .meta({ id: 'RotateKeysStep' })
export type RotateKeysStep = z.infer<typeof RotateKeysStep>

export const RenewTctStep = z
  .strictObject({
    ...faulty,
    type: z.literal('renew_tct'),
    /** Who holds the token. */
    agent: AgentId,
    /** Who issued it. */
    via_peer: AgentId,
    new_ttl_secs: z.int().positive().optional(),
  })
  .meta({ id: 'RenewTctStep' })
export type RenewTctStep = z.infer<typeof RenewTctStep>

export const TctCacheStatsStep = z
  .strictObject({
    ...doing,
    type: z.literal('tct_cache_stats'),
    agent: AgentId,
  })
  .meta({ id: 'TctCacheStatsStep' })
export type TctCacheStatsStep = z.infer<typeof TctCacheStatsStep>

export const ExportSessionBundleStep = z
  .strictObject({
    ...doing,
    type: z.literal('export_session_bundle'),
    coordinator: AgentId,
    participants: z.array(AgentId).min(1),
  })
  .meta({ id: 'ExportSessionBundleStep' })
export type ExportSessionBundleStep = z.infer<typeof ExportSessionBundleStep>

export const VerifySessionBundleStep = z
  .strictObject({
    ...doing,
    type: z.literal('verify_session_bundle'),
    verifier: AgentId,
    via_step: StepId,
  })
  .meta({ id: 'VerifySessionBundleStep' })
export type VerifySessionBundleStep = z.infer<typeof VerifySessionBundleStep>

export const SpkiPinCheckStep = z
  .strictObject({
    ...doing,
    type: z.literal('spki_pin_check'),
    cert_der_b64: z.base64(),
    pins: z.array(z.base64()),
    /** 1: the certificate is to be pinned, 0: it is not. A mismatch always fails the run. */
    expect_status: z.union([z.literal(0), z.literal(1)]).optional(),
  })
  .meta({ id: 'SpkiPinCheckStep' })
export type SpkiPinCheckStep = z.infer<typeof SpkiPinCheckStep>

export const EnrollWithCpStep = z
  .strictObject({
    ...doing,
    type: z.literal('enroll_with_cp'),
    agent: AgentId,
  })
  .meta({ id: 'EnrollWithCpStep' })
export type EnrollWithCpStep = z.infer<typeof EnrollWithCpStep>

export const CpSubscribeWebhookStep = z
  .strictObject({
    ...doing,
    type: z.literal('cp_subscribe_webhook'),
    /** Every type that can be delivered when empty. */
    events: z.array(z.string()).default([]),
  })
  .meta({ id: 'CpSubscribeWebhookStep' })
export type CpSubscribeWebhookStep = z.infer<typeof CpSubscribeWebhookStep>

export const CpProvisionTrustAnchorStep = z
  .strictObject({
    ...doing,
    type: z.literal('cp_provision_trust_anchor'),
    agent: AgentId,
    /** The slug of the pack when absent. */
    namespace: Name.optional(),
    issuer_url: z.url().optional(),
  })
  .meta({ id: 'CpProvisionTrustAnchorStep' })
export type CpProvisionTrustAnchorStep = z.infer<typeof CpProvisionTrustAnchorStep>

export const CpDelegationTreeStep = z
  .strictObject({
    ...doing,
    type: z.literal('cp_delegation_tree'),
    agent: AgentId,
  })
  .meta({ id: 'CpDelegationTreeStep' })
export type CpDelegationTreeStep = z.infer<typeof CpDelegationTreeStep>

export const WaitStep = z
  .strictObject({
    ...stepBase,
    type: z.literal('wait'),
    ms: z.int().positive().max(60_000),
  })
  .meta({ id: 'WaitStep' })
export type WaitStep = z.infer<typeof WaitStep>

const single = [
  WorkflowStep,
  CapabilityCallNoTrustStep,
  CapabilityProbeStep,
  HandshakeStep,
  DelegateStep,
  RedeemDelegationStep,
  RevokeTctStep,
  RefreshRevocationsStep,
  RotateKeysStep,
  RenewTctStep,
  TctCacheStatsStep,
  ExportSessionBundleStep,
  VerifySessionBundleStep,
  SpkiPinCheckStep,
  EnrollWithCpStep,
  CpSubscribeWebhookStep,
  CpProvisionTrustAnchorStep,
  CpDelegationTreeStep,
  WaitStep,
] as const

/** A step that can also be a member of a `parallel` group. */
export const SingleStep = z.discriminatedUnion('type', [...single]).meta({ id: 'SingleStep' })
export type SingleStep = z.infer<typeof SingleStep>

/** Its members go on at the same time; none may build on another's output. */
export const ParallelStep = z
  .strictObject({
    ...stepBase,
    type: z.literal('parallel'),
    steps: z.array(SingleStep).min(2).max(16),
  })
  .meta({ id: 'ParallelStep' })
export type ParallelStep = z.infer<typeof ParallelStep>

export const Step = z.discriminatedUnion('type', [MetaStep, ParallelStep, ...single]).meta({ id: 'Step' })
export type Step = z.infer<typeof Step>
export type StepType = Step['type']

export const stepTypes: readonly StepType[] = Step.options.map(({ shape }) => shape.type.value)
