import { type Diagnostic, ScenarioFile, scenarioRef, TemplateFile } from '../../shared/scenario.ts'
import { checkInputsSchema } from './checks/inputs-schema.ts'
import { checkScenario } from './checks/scenario.ts'
import type { VersionListing } from './list-tree.ts'
import type { ManifestShelf } from './manifest-shelf.ts'
import { locateMerged, mergeTemplate } from './merge-template.ts'
import { parseFile } from './parse-file.ts'
import { locateProblems, type Problem } from './problem.ts'
import { diagnose, hasErrors } from './rules.ts'
import { readSource, type Source } from './source.ts'
import { member, settleStepTypes } from './step-shapes.ts'

/** One scenario version and its templates as found on disk, right or wrong. */
export interface LoadedVersion {
  readonly ref: string
  readonly source: Source
  readonly scenario: ScenarioFile | null
  readonly diagnostics: Diagnostic[]
  readonly templates: readonly LoadedTemplate[]
}

export interface LoadedTemplate {
  readonly name: string
  readonly source: Source
  readonly template: TemplateFile | null
  readonly diagnostics: Diagnostic[]
}

export function loadVersion(
  root: string,
  listing: VersionListing,
  pack: { folder: string; slug: string | null },
  shelf: ManifestShelf,
): LoadedVersion {
  const source = readSource(root, listing.file)
  const problems: Problem[] = []
  const scenario = hasErrors(source.diagnostics)
    ? null
    : parseFile(ScenarioFile, settleStepTypes(source.value, problems), problems)
  if (scenario !== null) {
    problems.push(...checkMetadata(scenario, listing, pack.slug))
    problems.push(...checkInputsSchema(scenario.spec.inputs.schema))
    problems.push(...checkScenario(scenario, (ref) => shelf.find(ref)))
  }
  return {
    ref: refOf(source.value, listing, pack.folder),
    source,
    scenario,
    diagnostics: [...source.diagnostics, ...locateProblems(problems, source.locate)],
    templates: loadTemplates(root, listing, scenario, shelf),
  }
}

/** The reference a file gives itself; that of its folders when it is too broken to say. */
function refOf(value: unknown, listing: VersionListing, folder: string): string {
  const metadata = member(value, 'metadata')
  const said = (key: string, otherwise: string) => {
    const text = member(metadata, key)
    return typeof text === 'string' ? text : otherwise
  }
  return scenarioRef({
    pack: said('pack', folder),
    scenario: said('scenario', listing.scenario),
    version: said('version', listing.version),
  })
}

function checkMetadata({ metadata }: ScenarioFile, listing: VersionListing, slug: string | null): Problem[] {
  const problems: Problem[] = []
  const report = (rule: Problem['rule'], key: string, message: string) =>
    problems.push({ rule, path: ['metadata', key], message })
  if (!isKebabCase(metadata.scenario)) {
    report('kebab-case', 'scenario', `${metadata.scenario} is not kebab-case, such as research-and-write.`)
  }
  if (!/^\d+\.\d+\.\d+$/.test(metadata.version)) {
    report('version-form', 'version', `${metadata.version} is not three numbers, such as 1.0.0.`)
  }
  if (slug !== null && metadata.pack !== slug) {
    report('pack-mismatch', 'pack', `The file says pack ${metadata.pack} but lies in pack ${slug}.`)
  }
  for (const key of ['scenario', 'version'] as const) {
    if (metadata[key] === listing[key]) continue
    report('path-mismatch', key, `The file says ${key} ${metadata[key]}, its folder ${listing[key]}.`)
  }
  if (!metadata.summary) report('summary-missing', 'summary', 'The scenario has no summary.')
  return problems
}

export function isKebabCase(text: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)
}

function loadTemplates(
  root: string,
  listing: VersionListing,
  base: ScenarioFile | null,
  shelf: ManifestShelf,
): LoadedTemplate[] {
  const baseProblems = base === null ? [] : checkScenario(base, (ref) => shelf.find(ref))
  const templates = listing.templates.map((file) => loadTemplate(root, file, base, baseProblems, shelf))
  for (const template of templates) {
    const first = templates.find(({ name }) => name === template.name)
    if (first === template || first?.template === null || template.template === null) continue
    for (const [one, other] of [
      [first, template],
      [template, first],
    ]) {
      if (one === undefined || other === undefined) continue
      const message = `${other.source.file} is also called ${one.name}; neither can be chosen.`
      one.diagnostics.push(diagnose('duplicate-template', one.source.locate(['metadata', 'name']), message))
    }
  }
  return templates
}

function loadTemplate(
  root: string,
  file: string,
  base: ScenarioFile | null,
  baseProblems: readonly Problem[],
  shelf: ManifestShelf,
): LoadedTemplate {
  const source = readSource(root, file)
  const kind = member(source.value, 'kind')
  const stated = member(member(source.value, 'metadata'), 'name')
  const name = typeof stated === 'string' ? stated : file
  if (!hasErrors(source.diagnostics) && kind !== 'ScenarioTemplate') {
    const message = 'The file is no `kind: ScenarioTemplate` and is not offered as one.'
    const diagnostics = [...source.diagnostics, diagnose('stray-template', source.locate(['kind']), message)]
    return { name, source, template: null, diagnostics }
  }
  const problems: Problem[] = []
  const template = hasErrors(source.diagnostics) ? null : parseTemplate(source.value, problems)
  const diagnostics = [...source.diagnostics, ...locateProblems(problems, source.locate)]
  if (template !== null && base !== null) {
    const known = new Set(baseProblems.map((problem) => JSON.stringify(problem)))
    const merged = checkScenario(mergeTemplate(base, template), (ref) => shelf.find(ref))
    const own = merged.filter((problem) => !known.has(JSON.stringify(problem)))
    diagnostics.push(...locateProblems(own, locateMerged(template, source.locate)))
  }
  return { name, source, template, diagnostics }
}

function parseTemplate(value: unknown, problems: Problem[]): TemplateFile | null {
  return parseFile(TemplateFile, settleStepTypes(value, problems), problems)
}
