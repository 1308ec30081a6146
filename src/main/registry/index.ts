/** The scenario tree: what can run, and what is wrong with it. */
export { findAgentManifest, findScenario, type ResolvedScenario } from './find-scenario.ts'
export { coerceInput, effectiveInputs } from './inputs.ts'
export { type BrokenVersion, loadRegistry, type Registry, type ScenarioVersion } from './load-registry.ts'
export { createScenario } from './new-scenario.ts'
export { formatDiagnostic, rules } from './rules.ts'
export { validatePaths } from './validate-paths.ts'
