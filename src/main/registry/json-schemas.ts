import { z } from 'zod'
import { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { PackFile, ScenarioFile, TemplateFile } from '../../shared/scenario.ts'

/** The kinds of file in a scenarios root, by the name of their published schema. */
const files = {
  'agent-manifest': { schema: AgentManifestFile, title: 'Agent manifest of the AITP Trust Console' },
  pack: { schema: PackFile, title: 'Scenario pack of the AITP Trust Console' },
  scenario: { schema: ScenarioFile, title: 'Scenario of the AITP Trust Console' },
  template: { schema: TemplateFile, title: 'Scenario template of the AITP Trust Console' },
} as const

/** What may be left out because the loader infers it: a step that names agent and capability, or nothing at all. */
const inferredTypes: readonly unknown[] = ['meta', 'workflow']

/**
 * JSON Schema 2020-12 of every kind of file, as written by an author: defaults may be left out, unknown keys are
 * marked. Made from the schemas that the loader uses, so an editor and `validate` say the same.
 */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(files).map(([name, { schema, title }]) => [
      name,
      { ...z.toJSONSchema(schema, { io: 'input', override: allowInferredType }), title },
    ]),
  )
}

function allowInferredType({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const type = jsonSchema.properties?.['type']
  if (typeof type !== 'object' || !inferredTypes.includes(type.const)) return
  jsonSchema.required = jsonSchema.required?.filter((key) => key !== 'type') ?? []
}
