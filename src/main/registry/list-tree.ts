import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The files of a scenarios root by what they are for; paths relative to the root, in name order at each level. */
export interface TreeListing {
  readonly manifests: readonly string[]
  readonly packs: readonly PackListing[]
  /** Folders and links that could not be looked into, with the reason. */
  readonly unreadable: readonly Unreadable[]
}

export interface Unreadable {
  readonly path: string
  readonly reason: string
}

export interface PackListing {
  readonly folder: string
  readonly file: string
  readonly exists: boolean
  readonly versions: readonly VersionListing[]
  /** Files that were probably meant to be a `scenario.yaml`. */
  readonly misnamed: readonly string[]
}

export interface VersionListing {
  readonly file: string
  readonly scenario: string
  readonly version: string
  readonly templates: readonly string[]
}

const sharedManifests = '_shared/agents'

export function listTree(root: string): TreeListing {
  const folder = new Folders(root)
  const packs = folder.folders('.').filter((name) => !name.startsWith('_'))
  return {
    manifests: folder.yamlFiles(sharedManifests),
    packs: packs.map((pack) => listPack(folder, pack)),
    unreadable: folder.unreadable,
  }
}

/** Whether a folder looks like a scenarios root itself. */
export function isScenariosRoot(path: string): boolean {
  const folder = new Folders(path)
  if (folder.yamlFiles(sharedManifests).length > 0) return true
  return folder.folders('.').some((pack) => folder.has(`${pack}/pack.yaml`))
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function listPack(tree: Folders, folder: string): PackListing {
  const file = `${folder}/pack.yaml`
  const versions: VersionListing[] = []
  const misnamed: string[] = []
  for (const scenario of tree.folders(folder)) {
    for (const version of tree.folders(`${folder}/${scenario}`)) {
      const at = `${folder}/${scenario}/${version}`
      const templates = tree.yamlFiles(`${at}/templates`)
      const scenarioFile = `${at}/scenario.yaml`
      if (tree.has(scenarioFile)) versions.push({ file: scenarioFile, scenario, version, templates })
      else if (tree.has(`${at}/scenario.yml`)) misnamed.push(`${at}/scenario.yml`)
    }
  }
  return { folder, file, exists: tree.has(file), versions, misnamed }
}

/** The folders below a root; what cannot be looked into is noted and hides nothing else. */
class Folders {
  readonly unreadable: Unreadable[] = []
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  has(path: string): boolean {
    return existsSync(join(this.#root, path))
  }

  folders(folder: string): string[] {
    return this.#names(folder).filter((name) => !name.startsWith('.') && this.#isFolder(`${folder}/${name}`))
  }

  yamlFiles(folder: string): string[] {
    return this.#names(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => `${folder}/${name}`)
  }

  #names(folder: string): string[] {
    if (!this.#isFolder(folder)) return []
    return this.#look(folder, (path) => readdirSync(path).sort()) ?? []
  }

  #isFolder(path: string): boolean {
    return this.#look(path, isFolder) ?? false
  }

  #look<Found>(path: string, look: (path: string) => Found): Found | null {
    try {
      return look(join(this.#root, path))
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      this.unreadable.push({ path: posix.normalize(path), reason })
      return null
    }
  }
}
