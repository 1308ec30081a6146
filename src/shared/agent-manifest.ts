import { z } from 'zod'

const Name = z.string().min(1)

export const SigningSuite = z.enum(['ed25519', 'p256'])
export type SigningSuite = z.infer<typeof SigningSuite>

/** What would change which program runs, whose it is, or where its secrets go. */
const reservedEnvironment =
  /^(NODE|LD|DYLD|ELECTRON|AITP|LLM|OPENAI|ANTHROPIC|NPM|GIT)_|^(PATH|HOME|AGENT_PORT|TMPDIR|TEMP|TMP)$/i

const EnvironmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable is letters, digits and _')
  .refine((name) => !reservedEnvironment.test(name), 'a scenario may not set this environment variable')

/** How a worker is started. */
export const Entrypoint = z.discriminatedUnion('type', [
  /** A worker that ships with the console, by name. */
  z.strictObject({
    type: z.literal('bundled'),
    value: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a worker has a name, not a path'),
  }),
  /** Any program that keeps to docs/worker-contract.md, with its arguments; no shell reads them. */
  z.strictObject({
    type: z.literal('command'),
    value: Name,
    args: z.array(z.string()).default([]),
    /** Whether the worker reports its exchanges itself; otherwise a tap in front of it records them. */
    captures: z.boolean().default(false),
  }),
])
export type Entrypoint = z.infer<typeof Entrypoint>

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
    entrypoint: Entrypoint,
    host: z
      .strictObject({
        /** Where a `command` is started, below the folder that holds the scenarios root. */
        cwd: z.string().default('.'),
        startupTimeoutMs: z.int().positive().max(300_000).default(30_000),
        env: z.record(EnvironmentName, z.union([z.string(), z.number(), z.boolean()])).default({}),
      })
      .prefault({}),
    aitp: z.strictObject({
      offered_caps: z.array(z.string().regex(/^\S+$/, 'a capability has no white space')),
      display_name: Name.max(128),
      identity_type: z.enum(['pinned_key', 'oidc']).default('pinned_key'),
      oidc_issuer: z.url().nullable().default(null),
      oidc_subject: Name.nullable().default(null),
      /** `p256` only together with `oidc`: the hint of a pinned key holds an Ed25519 key. */
      signing_suite: SigningSuite.default('ed25519'),
      /** Life of the tokens this agent issues. */
      ttl_secs: z.int().positive().default(3600),
    }),
    /** For the reader; `did_web_host` of the scenario's agent is what matters. */
    did_web: z.boolean().default(false),
  }),
})
export type AgentManifestFile = z.infer<typeof AgentManifestFile>
