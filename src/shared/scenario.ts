import { z } from 'zod'
import { SigningSuite } from './agent-manifest.ts'
import { Step } from './steps.ts'

const Name = z.string().min(1)
const AgentRef = Name
const Tags = z.array(z.string()).default([])

export const PackFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioPack'),
  metadata: z.strictObject({
    slug: Name,
    name: Name,
    description: z.string().nullable().default(null),
    /** Packs of a lower number are listed first; those of the same by name. */
    order: z.int().default(100),
    tags: Tags,
  }),
})
export type PackFile = z.infer<typeof PackFile>

/** Host name or `host:port`, without a scheme or a path. */
export const HostName = z
  .string()
  .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, 'a host is a name, and a port if need be')

export const AgentSpec = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'an agent id is letters, digits, - and _'),
    /** The manifest file of an agent that the console starts. */
    ref: AgentRef.optional(),
    /** Where an agent publishes its manifest that runs elsewhere and that the console does not start. */
    manifest_url: z.url({ protocol: /^https?$/ }).optional(),
    /** The AID that a remote agent must show; without it nothing says that it is the one that was meant. */
    pinned_aid: z.string().startsWith('aid:').nullable().default(null),
    port_offset: z.int().nonnegative().max(20_000).default(0),
    org: z.enum(['internal', 'external']).default('internal'),
    cloud: z.string().nullable().default(null),
    /** The agent serves a DID document under this name; on a loopback host its port is the one it really listens on. */
    did_web_host: HostName.nullable().default(null),
    /** Instead of the manifest's. */
    signing_suite: SigningSuite.nullable().default(null),
  })
  .refine(({ ref, manifest_url }) => (ref === undefined) !== (manifest_url === undefined), {
    path: ['ref'],
    message: 'an agent has either a `ref`, and is started, or a `manifest_url`, and runs elsewhere',
  })
  .meta({ id: 'AgentSpec' })
export type AgentSpec = z.infer<typeof AgentSpec>

const boundary = z.enum(['intra_org', 'cross_org', 'cross_cloud'])
const discovery = z.enum(['static', 'cp_registry', 'did_web'])
const pop = z.enum(['off', 'required'])

export const RevocationSpec = z.strictObject({
  fail_mode: z.enum(['fail_closed', 'soft_fail']).optional(),
  max_staleness_secs: z.int().positive().optional(),
})

export const TrustSpec = z.strictObject({
  boundary,
  discovery: discovery.default('static'),
  /** Handshakes between all pairs, both directions, before the first step. */
  eager: z.boolean().default(true),
  /** Whether who presents a token must prove that it holds the token's key. */
  pop: pop.default('off'),
  /** Whether who redeems a delegation gets a voucher to delegate onwards. */
  onward_delegation: z.boolean().default(false),
  /** More than 1 accepts delegation tokens that carry a chain of hops. */
  max_delegation_hops: z.int().min(1).max(8).default(1),
  revocation: RevocationSpec.prefault({}),
})
export type TrustSpec = z.infer<typeof TrustSpec>

/** What a run of the scenario comes to when everything is as it should be. */
export const ExpectedOutcome = z.strictObject({
  status: z.enum(['success', 'failed']).default('success'),
  /** One sentence for the audience. */
  summary: z.string().min(1),
})
export type ExpectedOutcome = z.infer<typeof ExpectedOutcome>

export const ScenarioFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioVersion'),
  metadata: z.strictObject({
    pack: Name,
    scenario: Name,
    version: Name,
    name: Name,
    summary: z.string().nullable().default(null),
    /** What to say while it is shown: one or two sentences. */
    caption: z.string().nullable().default(null),
    /** Place within its pack; a lower number comes first. */
    order: z.int().default(100),
    tags: Tags,
  }),
  spec: z.strictObject({
    inputs: z.strictObject({ schema: z.record(z.string(), z.unknown()).default({}) }).prefault({}),
    agents: z.array(AgentSpec).min(1, 'a scenario needs at least one agent'),
    trust: TrustSpec,
    /** Fails the run when an assertion or an `expect_status` does not hold; else it is only told. */
    strict: z.boolean().default(false),
    expected: ExpectedOutcome.optional(),
    workflow: z.strictObject({ steps: z.array(Step).default([]) }).prefault({}),
  }),
})
export type ScenarioFile = z.infer<typeof ScenarioFile>

/** A patch: without defaults, or naming one member would reset the others. */
const optionalTrust = {
  boundary: boundary.optional(),
  discovery: discovery.optional(),
  eager: z.boolean().optional(),
  pop: pop.optional(),
  onward_delegation: z.boolean().optional(),
  max_delegation_hops: z.int().min(1).max(8).optional(),
  revocation: RevocationSpec.optional(),
}

/** Replaces parts of a scenario: `trust` member by member, everything else whole. */
export const TemplateFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioTemplate'),
  metadata: z.strictObject({
    name: Name,
    summary: z.string().nullable().default(null),
    caption: z.string().nullable().default(null),
  }),
  spec: z
    .strictObject({
      trust: z.strictObject(optionalTrust).optional(),
      agents: z.array(AgentSpec).min(1).optional(),
      strict: z.boolean().optional(),
      expected: ExpectedOutcome.optional(),
      workflow: z.strictObject({ steps: z.array(Step).default([]) }).optional(),
    })
    .prefault({}),
})
export type TemplateFile = z.infer<typeof TemplateFile>

/** `<pack>/<scenario>@<version>` */
export function scenarioRef(metadata: { pack: string; scenario: string; version: string }): string {
  return `${metadata.pack}/${metadata.scenario}@${metadata.version}`
}

/** One problem in a file of the scenario tree; lines and columns count from 1. */
export const Diagnostic = z.object({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
  severity: z.enum(['error', 'warning']),
  rule: z.string(),
  message: z.string(),
})
export type Diagnostic = z.infer<typeof Diagnostic>
