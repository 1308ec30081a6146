import type { scenarioCalls } from '../../../shared/contract/scenarios.ts'
import type { MergedScenario, ScenarioDetail, ScenarioListEntry } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { findScenario, type Registry, type ScenarioVersion } from '../../registry/index.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function scenarioHandlers({ registry }: HandlerParts): HandlersOf<typeof scenarioCalls> {
  return {
    listPacks: async () => ({ packs: [...registry().packs] }),
    listScenarios: async () => {
      const { scenarios, diagnostics } = registry()
      return { scenarios: scenarios.map(scenarioListEntry), diagnostics: [...diagnostics] }
    },
    getScenario: async ({ pack, scenario_version }) =>
      scenarioDetail(registry(), `${pack}/${scenario_version}`),
    listTemplates: async ({ pack, scenario_version }) => {
      const { ref, templates } = scenarioDetail(registry(), `${pack}/${scenario_version}`)
      return { ref, templates }
    },
    getTemplate: async ({ pack, scenario_version, name }) =>
      mergedScenario(registry(), `${pack}/${scenario_version}`, name),
  }
}

/** A scenario as a list shows it. */
export function scenarioListEntry({ ref, scenario }: ScenarioVersion): ScenarioListEntry {
  return {
    ref,
    metadata: scenario.metadata,
    agent_count: scenario.spec.agents.length,
    boundary: scenario.spec.trust.boundary,
  }
}

function scenarioDetail(registry: Registry, ref: string): ScenarioDetail {
  const { scenario, manifests } = findScenario(registry, ref)
  const version = registry.scenarios.find((candidate) => candidate.ref === ref)
  const templates = version === undefined ? [] : templateEntries(version)
  return {
    ...scenario,
    spec: {
      ...scenario.spec,
      templates: templates.map(({ name }) => ({ id: name, name, variants: [] })),
    },
    ref,
    manifests: { ...manifests },
    templates,
  }
}

export function templateEntries({ templates }: ScenarioVersion): ScenarioDetail['templates'] {
  return templates.map(({ metadata }) => ({ name: metadata.name, summary: metadata.summary }))
}

/** Throws `scenario_not_found` also for a template that is not there: the path names nothing. */
function mergedScenario(registry: Registry, ref: string, template: string): MergedScenario {
  try {
    const { scenario, manifests } = findScenario(registry, ref, template)
    return { ...scenario, ref, template, manifests: { ...manifests } }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'template_not_found') throw error
    throw new AppError('scenario_not_found', error.message, { details: error.details, cause: error })
  }
}
