import { AgentManifestFile } from '../../shared/agent-manifest.ts'
import type { Diagnostic } from '../../shared/scenario.ts'
import { confine } from './confined-file.ts'
import { parseFile } from './parse-file.ts'
import { locateProblems, type Problem } from './problem.ts'
import { hasErrors } from './rules.ts'
import { readSource } from './source.ts'

export interface LoadedManifest {
  readonly files: ReadonlySet<string>
  readonly file: string
  readonly missing: boolean
  /** `null` when the file has errors. */
  readonly manifest: AgentManifestFile | null
  readonly diagnostics: readonly Diagnostic[]
}

/** The agent manifests of a scenarios root, each read once. */
export class ManifestShelf {
  private readonly root: string
  private readonly loaded = new Map<string, LoadedManifest>()

  constructor(root: string) {
    this.root = root
  }

  /** A reference is a path below the root; the suffix may be given. */
  find(ref: string): AgentManifestFile | Pick<Problem, 'rule' | 'message'> {
    const key = manifestKey(ref)
    if (key === null) return { rule: 'outside-root', message: `${ref} lies outside the scenarios root.` }
    const { file, missing, manifest } = this.load(key)
    if (manifest !== null) return manifest
    const message = missing ? `There is no agent manifest ${file}.` : `The agent manifest ${file} has errors.`
    return { rule: 'agent-ref', message }
  }

  load(key: string): LoadedManifest {
    const known = this.loaded.get(key)
    if (known !== undefined) return known
    const source = readSource(this.root, `${key}.yaml`)
    const problems: Problem[] = []
    const parsed = hasErrors(source.diagnostics) ? null : parseFile(AgentManifestFile, source.value, problems)
    if (parsed !== null) problems.push(...checkIdentity(parsed), ...checkEnvironment(parsed))
    const diagnostics = [...source.diagnostics, ...locateProblems(problems, source.locate)]
    const { file, files, missing } = source
    const loaded = { file, files, missing, manifest: hasErrors(diagnostics) ? null : parsed, diagnostics }
    this.loaded.set(key, loaded)
    return loaded
  }

  /** The manifests that can be used, by reference. */
  valid(): Map<string, AgentManifestFile> {
    return new Map(
      [...this.loaded].flatMap(([key, { manifest }]) =>
        manifest === null ? [] : [[key, manifest] as const],
      ),
    )
  }

  /** Those that exist; one that is only referred to is the reference's problem. */
  existing(): LoadedManifest[] {
    return [...this.loaded.values()].filter(({ missing }) => !missing)
  }
}

/** Variables reach into a Node process in more ways than a list could name, and our own workers need none. */
function checkEnvironment({ spec }: AgentManifestFile): Problem[] {
  const [name] = Object.keys(spec.host.env)
  if (spec.entrypoint.type !== 'bundled' || name === undefined) return []
  const message = `A worker that ships with the console takes no environment from a scenario, such as ${name}.`
  return [{ rule: 'environment', path: ['spec', 'host', 'env', name], message }]
}

function checkIdentity({ spec }: AgentManifestFile): Problem[] {
  if (spec.aitp.identity_type !== 'oidc') return []
  return (['oidc_issuer', 'oidc_subject'] as const).flatMap((key) =>
    spec.aitp[key] === null
      ? [{ rule: 'identity' as const, path: ['spec', 'aitp', key], message: `An OIDC agent needs ${key}.` }]
      : [],
  )
}

/** The one spelling of a manifest reference, or `null` when it leaves the root. */
export function manifestKey(ref: string): string | null {
  return confine(ref)?.replace(/\.ya?ml$/, '') ?? null
}
