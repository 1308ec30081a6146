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

/** The file as a run would take it, plus what a person needs beside it. */
export const ScenarioDetail = ScenarioFile.extend({
  ref: z.string(),
  templates: z.array(z.object({ name: z.string(), summary: z.string().nullable() })),
  /** The manifest behind each agent id. */
  manifests: z.record(z.string(), AgentManifestFile),
})
export type ScenarioDetail = z.infer<typeof ScenarioDetail>

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
    /** `scenario_version` is `<scenario>@<version>`. */
    input: z.strictObject({ pack: z.string(), scenario_version: z.string() }),
    output: ScenarioDetail,
  }),
} as const
