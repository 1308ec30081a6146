import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './run-tool.ts'

const skipped = new Set(['node_modules', 'out', '.git', 'coverage'])

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (entry.isFile()) yield relative(root, path)
  }
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>
const dependencies = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
  Object.entries(manifest[group] ?? {}),
)

/** Put together, so that this file does not find itself. */
const machineFolder = new RegExp(`(?<![\\w.:/-])/(${['home', 'root', 'work', 'Users'].join('|')})/\\w`)

function namesMachineFolder(text: string): boolean {
  return text.split('\n').some((line) => machineFolder.test(line))
}

test('no file names a folder of somebody’s machine', () => {
  const named = [...files(root)].filter(
    (file) => statSync(join(root, file)).size < 5_000_000 && namesMachineFolder(read(file)),
  )
  expect(named).toEqual([])
})

test.each(['home', 'root', 'work', 'Users'])('a path below /%s would be found', (folder) => {
  expect(namesMachineFolder(`const at = '/${folder}/me/project'`)).toBe(true)
  expect(namesMachineFolder(`https://example.org/${folder}/page`)).toBe(false)
})

test('every version is exact', () => {
  const loose = dependencies.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
  expect(loose).toEqual([])
  expect(dependencies.length).toBeGreaterThan(20)
})

test('nothing is installed with the product: everything shipped is bundled', () => {
  expect(manifest['dependencies'] ?? {}).toEqual({})
})

test('the lockfile names no host to fetch from, so any registry serves', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; integrity?: string }>
  }
  const entries = Object.entries(packages).filter(([path]) => path !== '')
  expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  expect(entries.filter(([, { integrity }]) => integrity === undefined)).toEqual([])
})

test('the lockfile locks what package.json asks for', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version?: string }>
  }
  const locked = dependencies.map(([name]) => [name, packages[`node_modules/${name}`]?.version])
  expect(locked).toEqual(dependencies)
})

test('every package of the allow list is one the project asks for', () => {
  const list = read('.dependency-cruiser.cjs').split('const packages = {')[1]?.split('\n}\n')[0] ?? ''
  const names = [...list.matchAll(/^ {2}'?([^\s':]+)'?: \{/gm)].flatMap(([, name = '']) => alternatives(name))
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !dependencies.some(([known]) => known === name))).toEqual([])
})

test('this runs on the Node that the project pins', () => {
  expect(existsSync(join(root, 'node_modules/node'))).toBe(true)
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(22)
})

/** `@scope/(a|b)` → `@scope/a`, `@scope/b` */
function alternatives(pattern: string): string[] {
  const [, before = '', choice, after = ''] = /^([^(]*)\(([^)]*)\)(.*)$/.exec(pattern) ?? []
  return choice === undefined ? [pattern] : choice.split('|').map((one) => before + one + after)
}
