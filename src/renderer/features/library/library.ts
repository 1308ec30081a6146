import type { ScenarioListEntry } from '../../../shared/contract.ts'
import type { PackFile } from '../../../shared/scenario.ts'

export const boundaryNames: Record<ScenarioListEntry['boundary'], string> = {
  intra_org: 'intra-org',
  cross_org: 'cross-org',
  cross_cloud: 'cross-cloud',
}

/** Every word of the search occurs somewhere in what the row shows. */
export function matches(scenario: ScenarioListEntry, search: string): boolean {
  const { name, summary, tags } = scenario.metadata
  const text = [scenario.ref, name, summary ?? '', boundaryNames[scenario.boundary], ...tags]
    .join('\n')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

export interface PackOfScenarios {
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly scenarios: readonly ScenarioListEntry[]
}

/** Scenarios under their packs, packs in the order of the library; a pack without its file goes by its slug. */
export function byPack(
  scenarios: readonly ScenarioListEntry[],
  packs: readonly PackFile[],
): readonly PackOfScenarios[] {
  const slugs = [...new Set([...packs.map(({ metadata }) => metadata.slug), ...scenarios.map(packOf)])]
  return slugs
    .map((slug) => {
      const pack = packs.find(({ metadata }) => metadata.slug === slug)?.metadata
      return {
        slug,
        name: pack?.name ?? slug,
        description: pack?.description ?? null,
        scenarios: scenarios.filter((scenario) => packOf(scenario) === slug),
      }
    })
    .filter(({ scenarios: own }) => own.length > 0)
}

function packOf(scenario: ScenarioListEntry): string {
  return scenario.metadata.pack
}
