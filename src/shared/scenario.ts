import { z } from 'zod'

const Name = z.string().min(1)
const AgentRef = Name
const Tags = z.array(z.string()).default([])

/** What would change which program runs, whose it is, or where its secrets go. */
const reservedEnvironment =
  /^(NODE|LD|DYLD|ELECTRON|AITP|LLM|OPENAI|ANTHROPIC|NPM|GIT)_|^(PATH|HOME|AGENT_PORT|TMPDIR|TEMP|TMP)$/i

const EnvironmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable is letters, digits and _')
  .refine((name) => !reservedEnvironment.test(name), 'a scenario may not set this environment variable')

export const PackFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioPack'),
  metadata: z.strictObject({
    slug: Name,
    name: Name,
    description: z.string().nullable().default(null),
    tags: Tags,
  }),
})
export type PackFile = z.infer<typeof PackFile>

export const AgentManifestFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('AgentManifest'),
  metadata: z.strictObject({
    id: Name,
    name: Name,
    framework: z.enum(['crewai', 'langchain', 'langgraph', 'custom']),
    version: z.string().default('1.0.0'),
  }),
  spec: z.strictObject({
    entrypoint: z.strictObject({
      /** A worker that ships with the console, by name; other ways to start one come with their adapters. */
      type: z.literal('bundled'),
      value: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a worker has a name, not a path'),
    }),
    host: z
      .strictObject({
        startupTimeoutMs: z.int().positive().max(300_000).default(30_000),
        env: z.record(EnvironmentName, z.union([z.string(), z.number(), z.boolean()])).default({}),
      })
      .prefault({}),
    aitp: z.strictObject({
      offered_caps: z.array(z.string().regex(/^\S+$/, 'a capability has no white space')),
      display_name: Name.max(128),
      identity_type: z.literal('pinned_key').default('pinned_key'),
      signing_suite: z.literal('ed25519').default('ed25519'),
      ttl_secs: z.int().positive().default(3600),
    }),
  }),
})
export type AgentManifestFile = z.infer<typeof AgentManifestFile>

export const AgentSpec = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'an agent id is letters, digits, - and _'),
  ref: AgentRef,
  port_offset: z.int().nonnegative().default(0),
  org: z.enum(['internal', 'external']).default('internal'),
  cloud: z.string().nullable().default(null),
})
export type AgentSpec = z.infer<typeof AgentSpec>

const boundary = z.enum(['intra_org', 'cross_org', 'cross_cloud'])
const discovery = z.literal('static')

export const TrustSpec = z.strictObject({
  boundary,
  discovery: discovery.default('static'),
  /** Handshakes between all pairs, both directions, before the first step. */
  eager: z.boolean().default(true),
})
export type TrustSpec = z.infer<typeof TrustSpec>

const stepBase = { id: Name, description: z.string().optional() }

export const MetaStep = z.strictObject({ ...stepBase, type: z.literal('meta') })

export const WorkflowStep = z.strictObject({
  ...stepBase,
  type: z.literal('workflow'),
  /** Who acts: it runs the capability itself when it offers it, else calls the first agent that does. */
  agent: Name,
  capability: Name,
  /** Calls this agent instead of the first that offers the capability. */
  target_agent: Name.optional(),
  input_template: z.string().optional(),
  input_from: Name.optional(),
})
export type WorkflowStep = z.infer<typeof WorkflowStep>

export const HandshakeStep = z.strictObject({
  ...stepBase,
  type: z.literal('handshake'),
  initiator: Name,
  responder: Name,
  /** Everything the responder offers when absent; an empty list would say the opposite of what it does. */
  requested_grants: z.array(z.string()).min(1).optional(),
})
export type HandshakeStep = z.infer<typeof HandshakeStep>

export const Step = z.discriminatedUnion('type', [MetaStep, WorkflowStep, HandshakeStep])
export type Step = z.infer<typeof Step>
export type StepType = Step['type']
export const stepTypes = ['meta', 'workflow', 'handshake'] as const satisfies readonly StepType[]

export const ScenarioFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioVersion'),
  metadata: z.strictObject({
    pack: Name,
    scenario: Name,
    version: Name,
    name: Name,
    summary: z.string().nullable().default(null),
    tags: Tags,
  }),
  spec: z.strictObject({
    inputs: z.strictObject({ schema: z.record(z.string(), z.unknown()).default({}) }).prefault({}),
    agents: z.array(AgentSpec).min(1, 'a scenario needs at least one agent'),
    trust: TrustSpec,
    workflow: z.strictObject({ steps: z.array(Step).default([]) }).prefault({}),
  }),
})
export type ScenarioFile = z.infer<typeof ScenarioFile>

/** A patch: without defaults, or naming one member would reset the others. */
const optionalTrust = {
  boundary: boundary.optional(),
  discovery: discovery.optional(),
  eager: z.boolean().optional(),
}

/** Replaces parts of a scenario: `trust` member by member, `agents` and `workflow` whole. */
export const TemplateFile = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('ScenarioTemplate'),
  metadata: z.strictObject({ name: Name, summary: z.string().nullable().default(null) }),
  spec: z
    .strictObject({
      trust: z.strictObject(optionalTrust).optional(),
      agents: z.array(AgentSpec).min(1).optional(),
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
