import { z } from 'zod'
import { AgentManifestFile } from '../agent-manifest.ts'
import { Diagnostic, PackFile, ScenarioFile } from '../scenario.ts'
import { call, Nothing } from './define.ts'

export const ScenarioListEntry = z.object({
  ref: z.string(),
  metadata: ScenarioFile.shape.metadata,
  agent_count: z.int(),
  boundary: ScenarioFile.shape.spec.shape.trust.shape.boundary,
})
export type ScenarioListEntry = z.infer<typeof ScenarioListEntry>

const TemplateEntry = z.object({ name: z.string(), summary: z.string().nullable() })

/** A template as other clients list it, with variants of its own; ours have none. */
const TemplateChoice = z.object({
  id: z.string(),
  name: z.string(),
  variants: z.array(z.object({ id: z.string(), name: z.string() })),
})

/** The manifest behind each agent id. */
const manifests = z.record(z.string(), AgentManifestFile)

/** The file as a run would take it, plus what a person needs beside it. */
export const ScenarioDetail = ScenarioFile.extend({
  ref: z.string(),
  templates: z.array(TemplateEntry),
  manifests,
  spec: ScenarioFile.shape.spec.extend({ templates: z.array(TemplateChoice) }),
})
export type ScenarioDetail = z.infer<typeof ScenarioDetail>

/** A scenario with one of its templates merged in, as a run of it is. */
export const MergedScenario = ScenarioFile.extend({ ref: z.string(), template: z.string(), manifests })
export type MergedScenario = z.infer<typeof MergedScenario>

/** `scenario_version` is `<scenario>@<version>`. */
const ScenarioRef = z.strictObject({ pack: z.string(), scenario_version: z.string() })

/** What there is to run. */
export const scenarioCalls = {
  listPacks: call({
    http: 'GET /packs',
    input: Nothing,
    output: z.object({ packs: z.array(PackFile) }),
  }),
  listScenarios: call({
    http: 'GET /scenarios',
    input: Nothing,
    output: z.object({ scenarios: z.array(ScenarioListEntry), diagnostics: z.array(Diagnostic) }),
  }),
  getScenario: call({
    http: 'GET /scenarios/:pack/:scenario_version',
    input: ScenarioRef,
    output: ScenarioDetail,
  }),
  listTemplates: call({
    http: 'GET /scenarios/:pack/:scenario_version/templates',
    input: ScenarioRef,
    output: z.object({ ref: z.string(), templates: z.array(TemplateEntry) }),
  }),
  /** A template that is not there is `scenario_not_found` here: the path names nothing. */
  getTemplate: call({
    http: 'GET /scenarios/:pack/:scenario_version/templates/:name',
    input: ScenarioRef.extend({ name: z.string() }),
    output: MergedScenario,
  }),
} as const
