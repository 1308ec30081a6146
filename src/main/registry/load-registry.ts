import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { AppError } from '../../shared/errors.ts'
import { type Diagnostic, PackFile, type ScenarioFile, type TemplateFile } from '../../shared/scenario.ts'
import { isFolder, listTree, type PackListing, type Unreadable } from './list-tree.ts'
import { isKebabCase, type LoadedVersion, loadVersion } from './load-version.ts'
import { ManifestShelf, manifestKey } from './manifest-shelf.ts'
import { parseFile } from './parse-file.ts'
import { locateProblems, type Problem } from './problem.ts'
import { diagnose, hasErrors } from './rules.ts'
import { readSource } from './source.ts'

/** One scenario version that can run. */
export interface ScenarioVersion {
  readonly ref: string
  /** Relative to the scenarios root, as in every diagnostic. */
  readonly file: string
  readonly scenario: ScenarioFile
  /** Merged when asked for. */
  readonly templates: readonly TemplateFile[]
}

/** A scenario version, or one template of it, that cannot run. */
export interface BrokenVersion {
  readonly ref: string
  readonly template: string | null
  readonly diagnostics: readonly Diagnostic[]
}

export interface Registry {
  readonly packs: readonly PackFile[]
  readonly scenarios: readonly ScenarioVersion[]
  readonly broken: readonly BrokenVersion[]
  readonly diagnostics: readonly Diagnostic[]
  readonly agentManifests: ReadonlyMap<string, AgentManifestFile>
  /** The diagnostics by the file that the registry loads, with the files that went into it. */
  readonly units: readonly RegistryUnit[]
}

export interface RegistryUnit {
  readonly files: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads a scenarios root. What is wrong with one file never hides another; only a missing root is refused. */
export function loadRegistry(root: string): Registry {
  if (!isFolder(root)) {
    throw new AppError(
      'registry_validation_error',
      `There is no scenarios folder ${root}; name one with --scenarios or SCENARIOS_DIR.`,
    )
  }
  const listing = listTree(root)
  const shelf = new ManifestShelf(root)
  for (const file of listing.manifests) shelf.load(manifestKey(file) ?? file)
  const packs: (RegistryUnit & { slug: string | null; file: string; pack: PackFile | null })[] = []
  const versions: LoadedVersion[] = []
  for (const listed of listing.packs) {
    const pack = loadPack(root, listed)
    packs.push({ ...pack, file: listed.file })
    if (!listed.exists) continue
    for (const version of listed.versions) {
      versions.push(loadVersion(root, version, { folder: listed.folder, slug: pack.slug }, shelf))
    }
  }
  refuseDuplicateRefs(versions)
  const units = [
    ...listing.unreadable.map(unreadable),
    ...shelf.existing(),
    ...refuseDuplicateSlugs(packs),
    ...versions.flatMap(({ source, diagnostics, templates }) => [
      { files: source.files, diagnostics },
      ...templates.map((template) => ({ files: template.source.files, diagnostics: template.diagnostics })),
    ]),
  ]
  const validPacks = packs
    .flatMap(({ pack }) => pack ?? [])
    .toSorted((one, other) => one.metadata.order - other.metadata.order)
  const slugs = validPacks.map(({ metadata }) => metadata.slug)
  return {
    packs: validPacks,
    scenarios: versions.flatMap(valid).toSorted(byOrderIn(slugs)),
    broken: versions.flatMap(broken),
    diagnostics: units.flatMap(({ diagnostics }) => diagnostics),
    agentManifests: shelf.valid(),
    units,
  }
}

function unreadable({ path, reason }: Unreadable): RegistryUnit {
  const at = { file: path, line: 1, column: 1 }
  return {
    files: new Set([path]),
    diagnostics: [diagnose('unreadable-folder', at, `This cannot be looked into (${reason}).`)],
  }
}

/** By the place of the pack, then by that in the pack; what has no place of its own stays in the order of the tree. */
function byOrderIn(slugs: readonly string[]) {
  const place = ({ scenario }: ScenarioVersion) => slugs.indexOf(scenario.metadata.pack)
  return (one: ScenarioVersion, other: ScenarioVersion) =>
    place(one) - place(other) || one.scenario.metadata.order - other.scenario.metadata.order
}

function valid({ ref, source, scenario, diagnostics, templates }: LoadedVersion): ScenarioVersion[] {
  if (scenario === null || hasErrors(diagnostics)) return []
  const usable = templates.filter((template) => !hasErrors(template.diagnostics))
  return [{ ref, file: source.file, scenario, templates: usable.flatMap(({ template }) => template ?? []) }]
}

function broken({ ref, diagnostics, templates }: LoadedVersion): BrokenVersion[] {
  const bad = templates.filter((template) => hasErrors(template.diagnostics))
  return [
    ...(hasErrors(diagnostics) ? [{ ref, template: null, diagnostics }] : []),
    ...bad.map(({ name, diagnostics }) => ({ ref, template: name, diagnostics })),
  ]
}

function loadPack(root: string, listed: PackListing) {
  const { file, folder, exists, misnamed } = listed
  const diagnostics: Diagnostic[] = misnamed.map((other) =>
    diagnose(
      'scenario-file-name',
      { file: other, line: 1, column: 1 },
      'The file is not read under this name.',
    ),
  )
  const files = new Set([file, ...misnamed])
  if (!exists) {
    const message = `The folder ${folder} has no pack.yaml, so nothing in it is loaded.`
    diagnostics.push(diagnose('pack-file-missing', { file, line: 1, column: 1 }, message))
    return { files, diagnostics, pack: null, slug: null }
  }
  const source = readSource(root, file)
  const problems: Problem[] = []
  const parsed = hasErrors(source.diagnostics) ? null : parseFile(PackFile, source.value, problems)
  const slug = parsed?.metadata.slug ?? null
  if (slug !== null && !isKebabCase(slug)) {
    const message = `${slug} is not kebab-case, such as intra-org.`
    problems.push({ rule: 'kebab-case', path: ['metadata', 'slug'], message })
  }
  diagnostics.push(...source.diagnostics, ...locateProblems(problems, source.locate))
  for (const included of source.files) files.add(included)
  return { files, diagnostics, pack: hasErrors(diagnostics) ? null : parsed, slug, locate: source.locate }
}

/** Neither of two files with one reference is loaded: whichever won would be the wrong one for somebody. */
function refuseDuplicateRefs(versions: readonly LoadedVersion[]): void {
  for (const one of versions) {
    const others = versions.filter((other) => other !== one && other.ref === one.ref)
    if (others.length === 0) continue
    const files = others.map(({ source }) => source.file).join(', ')
    const at = one.source.locate(['metadata', 'scenario'])
    one.diagnostics.push(diagnose('duplicate-ref', at, `${one.ref} is also the reference of ${files}.`))
  }
}

function refuseDuplicateSlugs<Pack extends RegistryUnit & { slug: string | null; file: string }>(
  packs: readonly Pack[],
): RegistryUnit[] {
  return packs.map((one) => {
    const others = packs.filter((other) => other !== one && other.slug === one.slug && one.slug !== null)
    if (others.length === 0) return one
    const message = `${one.slug} is also the slug of ${others.map(({ file }) => file).join(', ')}.`
    const at = { file: one.file, line: 1, column: 1 }
    return { files: one.files, diagnostics: [...one.diagnostics, diagnose('duplicate-pack', at, message)] }
  })
}
