import type { scenarioCalls } from '../../../shared/contract/scenarios.ts'
import type { ScenarioDetail, ScenarioListEntry } from '../../../shared/contract.ts'
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
  const found = registry.scenarios.find((version) => version.ref === ref)
  return {
    ...scenario,
    ref,
    manifests: { ...manifests },
    templates: found === undefined ? [] : templateSummaries(found),
  }
}

export function templateSummaries({ templates }: ScenarioVersion): ScenarioDetail['templates'] {
  return templates.map(({ metadata }) => ({ name: metadata.name, summary: metadata.summary }))
}
