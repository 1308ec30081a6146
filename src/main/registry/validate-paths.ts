import { realpathSync, statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Diagnostic } from '../../shared/scenario.ts'
import { isFolder, isScenariosRoot } from './list-tree.ts'
import { loadRegistry, type Registry } from './load-registry.ts'
import { diagnose } from './rules.ts'

/**
 * Every problem in the given files and folders; in the whole root when none are given. A folder that is
 * a scenarios root itself is judged as one. Files are named relative to `root`.
 */
export function validatePaths(root: string, paths: readonly string[]): Diagnostic[] {
  const scopes = paths.length === 0 ? [root] : paths.map((path) => resolve(path))
  const here = lazily(() => loadRegistry(root))
  const seen = new Set<string>()
  return scopes
    .flatMap((scope) => validateScope(root, scope, here))
    .filter((diagnostic) => {
      const key = JSON.stringify(diagnostic)
      return !seen.has(key) && seen.add(key)
    })
}

function validateScope(root: string, scope: string, registry: () => Registry): Diagnostic[] {
  if (statSync(scope, { throwIfNoEntry: false }) === undefined) {
    if (scope === root) loadRegistry(root)
    throw new AppError('usage', `There is no file or folder ${scope}.`)
  }
  const path = slashes(relative(realpathSync(root), realpathSync(scope)))
  if (path === '') return [...registry().diagnostics]
  const outside = path === '..' || path.startsWith('../') || path.startsWith(slashes(resolve(scope)))
  if (isScenariosRoot(scope)) {
    const rename = (file: string) => slashes(relative(realpathSync(root), resolve(realpathSync(scope), file)))
    return loadRegistry(scope).diagnostics.map((found) => ({ ...found, file: rename(found.file) }))
  }
  if (outside) {
    throw new AppError(
      'usage',
      `${scope} lies outside the scenarios root ${root} and is no scenarios root itself.`,
    )
  }
  return within(registry(), path, isFolder(scope))
}

function within({ units }: Registry, path: string, isDirectory: boolean): Diagnostic[] {
  const covers = (file: string) => file === path || file.startsWith(`${path}/`)
  const loaded = units.filter(({ files }) => [...files].some(covers))
  if (loaded.length === 0) {
    const message = isDirectory
      ? 'Nothing in this folder is loaded.'
      : 'The registry does not load this file.'
    return [diagnose('not-loaded', { file: path, line: 1, column: 1 }, message)]
  }
  return loaded.flatMap(({ diagnostics }) => diagnostics)
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function slashes(path: string): string {
  return path.replaceAll(sep, '/')
}
