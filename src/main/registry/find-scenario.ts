import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { AppError } from '../../shared/errors.ts'
import type { Diagnostic, ScenarioFile } from '../../shared/scenario.ts'
import type { Registry } from './load-registry.ts'
import { manifestKey } from './manifest-shelf.ts'
import { mergeTemplate } from './merge-template.ts'
import { suggestion } from './nearest.ts'
import { formatDiagnostic } from './rules.ts'

/** What a run starts from. */
export interface ResolvedScenario {
  readonly ref: string
  readonly template: string | null
  /** With the template merged in. */
  readonly scenario: ScenarioFile
  /** By agent id; an agent that runs elsewhere has none. */
  readonly manifests: Readonly<Record<string, AgentManifestFile>>
}

export function findScenario(
  registry: Registry,
  ref: string,
  template: string | null = null,
): ResolvedScenario {
  refuseBroken(registry, ref, null)
  const version = registry.scenarios.find((candidate) => candidate.ref === ref)
  if (version === undefined) {
    const known = [...registry.scenarios, ...registry.broken].map((candidate) => candidate.ref)
    const near = suggestion(ref, new Set(known)) || listed(known)
    throw new AppError('scenario_not_found', `There is no scenario ${ref}.${near}`, { details: { ref } })
  }
  if (template !== null) refuseBroken(registry, ref, template)
  const scenario = template === null ? version.scenario : merged(version, template)
  return { ref, template, scenario, manifests: manifestsOf(scenario, registry) }
}

function merged({ ref, scenario, templates }: Registry['scenarios'][number], name: string): ScenarioFile {
  const template = templates.find(({ metadata }) => metadata.name === name)
  if (template !== undefined) return mergeTemplate(scenario, template)
  const names = templates.map(({ metadata }) => metadata.name)
  const choice = names.length === 0 ? ' It has none.' : ` It has ${names.join(', ')}.`
  throw new AppError('template_not_found', `Scenario ${ref} has no template ${name}.${choice}`, {
    details: { ref, template: name, templates: names },
  })
}

function refuseBroken({ broken }: Registry, ref: string, template: string | null): void {
  const found = broken.find((candidate) => candidate.ref === ref && candidate.template === template)
  if (found === undefined) return
  const errors = found.diagnostics.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const message = first === undefined ? `Scenario ${ref} has errors.` : `${formatDiagnostic(first)}${more}`
  const details: { diagnostics: readonly Diagnostic[] } = { diagnostics: found.diagnostics }
  throw new AppError('scenario_invalid', message, { details })
}

/** The manifest that a reference names. Throws `agent_manifest_not_found`, or `agent_manifest_invalid`. */
export function findAgentManifest({ agentManifests, units }: Registry, ref: string): AgentManifestFile {
  const key = manifestKey(ref) ?? ref
  const manifest = agentManifests.get(key)
  if (manifest !== undefined) return manifest
  const errors = units
    .filter(({ files }) => [...files].some((file) => manifestKey(file) === key))
    .flatMap(({ diagnostics }) => diagnostics.filter(({ severity }) => severity === 'error'))
  const [first] = errors
  if (first === undefined) {
    throw new AppError('agent_manifest_not_found', `There is no agent manifest ${ref}.`, { details: { ref } })
  }
  throw new AppError('agent_manifest_invalid', formatDiagnostic(first), { details: { diagnostics: errors } })
}

function manifestsOf(scenario: ScenarioFile, registry: Registry) {
  const entries = scenario.spec.agents.flatMap(({ id, ref }) => {
    if (ref === undefined) return []
    return [[id, findAgentManifest(registry, ref)] as const]
  })
  return Object.fromEntries(entries)
}

function listed(refs: readonly string[]): string {
  return refs.length === 0
    ? ' There are none.'
    : ` There are: ${refs.slice(0, 5).join(', ')}${refs.length > 5 ? ', …' : ''}.`
}
