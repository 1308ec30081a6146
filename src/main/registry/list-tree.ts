import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The files of a scenarios root by what they are for; paths relative to the root, in name order at each level. */
export interface TreeListing {
  readonly manifests: readonly string[]
  readonly packs: readonly PackListing[]
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
  const packs = folders(root, '.').filter((name) => !name.startsWith('_'))
  return {
    manifests: yamlFiles(root, sharedManifests),
    packs: packs.map((folder) => listPack(root, folder)),
  }
}

/** Whether a folder looks like a scenarios root itself. */
export function isScenariosRoot(folder: string): boolean {
  if (!isFolder(folder)) return false
  const { manifests, packs } = listTree(folder)
  return manifests.length > 0 || packs.some(({ exists }) => exists)
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function listPack(root: string, folder: string): PackListing {
  const file = `${folder}/pack.yaml`
  const versions: VersionListing[] = []
  const misnamed: string[] = []
  for (const scenario of folders(root, folder)) {
    for (const version of folders(root, `${folder}/${scenario}`)) {
      const at = `${folder}/${scenario}/${version}`
      const templates = yamlFiles(root, `${at}/templates`)
      const scenarioFile = `${at}/scenario.yaml`
      if (existsSync(join(root, scenarioFile))) {
        versions.push({ file: scenarioFile, scenario, version, templates })
      } else if (existsSync(join(root, at, 'scenario.yml'))) misnamed.push(`${at}/scenario.yml`)
    }
  }
  return { folder, file, exists: existsSync(join(root, file)), versions, misnamed }
}

function folders(root: string, folder: string): string[] {
  return names(root, folder).filter((name) => !name.startsWith('.') && isFolder(join(root, folder, name)))
}

function yamlFiles(root: string, folder: string): string[] {
  return names(root, folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`)
}

function names(root: string, folder: string): string[] {
  const path = join(root, folder)
  return isFolder(path) ? readdirSync(path).sort() : []
}
