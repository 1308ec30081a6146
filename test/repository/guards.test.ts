import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, runTool } from './run-tool.ts'

const planted = join(root, 'test/planted')
const layersConfig = join(root, '.dependency-cruiser.cjs')

describe('the compiler', () => {
  test('refuses what strict TypeScript refuses', async () => {
    const { exitCode, output } = await runTool('tsc', ['-b', 'test/planted/types/strict'])
    expect(exitCode).not.toBe(0)
    expect(output).toContain('unchecked-index.ts(1,50): error TS2322')
  })

  test('knows no runtime global in the protocol library', async () => {
    const { exitCode, output } = await runTool('tsc', ['-b', 'test/planted/types/pure'])
    expect(exitCode).not.toBe(0)
    expect(output).toMatch(/runtime-globals\.ts\(1,\d+\): error TS\d+: Cannot find name 'process'/)
    expect(output).toMatch(/runtime-globals\.ts\(2,\d+\): error TS\d+: Cannot find name 'document'/)
  })

  test('is given every folder that has code', () => {
    const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    const listed = references.map(({ path }: { path: string }) => path)
    const inSrc = readdirSync(join(root, 'src')).map((folder) => `src/${folder}`)
    expect(listed).toEqual(expect.arrayContaining([...inSrc, 'agents', 'test']))
    for (const folder of listed) expect(existsSync(join(root, folder, 'tsconfig.json'))).toBe(true)
  })
})

describe('the linter', () => {
  const files = readdirSync(join(planted, 'lint')).filter((name) => name.endsWith('.ts'))

  test.each(files)('refuses what is planted in %s, by that rule', async (file) => {
    const config = '--config-path=planted.biome.json'
    const args = ['lint', '--error-on-warnings', config, file]
    const { exitCode, output } = await runTool('biome', args, join(planted, 'lint'))
    expect(exitCode).not.toBe(0)
    expect(output).toMatch(new RegExp(`lint/\\w+/${file.replace('.ts', '')} `))
  })
})

describe('the layers', () => {
  const config = createRequire(import.meta.url)(layersConfig) as {
    forbidden: { name: string; comment: string; severity: string }[]
  }

  test('every rule is broken once by what is planted, and says what to do instead', async () => {
    const args = ['--config', layersConfig, 'src', 'agents']
    const { exitCode, output } = await runTool('depcruise', args, join(planted, 'layers'))
    const broken = [...output.matchAll(/^ {2}error (.+?): \S+ → /gm)].map(([, rule]) => rule)
    expect(broken.sort()).toEqual(config.forbidden.map(({ name }) => name).sort())
    expect(exitCode).toBe(config.forbidden.length)
    for (const { comment, severity } of config.forbidden) {
      expect(comment.length).toBeGreaterThan(20)
      expect(severity).toBe('error')
    }
  })

  test('a rule named after a file is broken by that file', async () => {
    const args = ['--config', layersConfig, 'src', 'agents']
    const { output } = await runTool('depcruise', args, join(planted, 'layers'))
    for (const [, rule, file] of output.matchAll(/^ {2}error ([\w-]+): (\S+) → /gm)) {
      expect(file).toMatch(new RegExp(`/${rule}(-back)?\\.tsx?$`))
    }
  })

  test('the real tree was read, and keeps them', async () => {
    const { exitCode, output } = await runTool('depcruise', ['--config', layersConfig, 'src', 'agents'])
    expect(Number(/\((\d+) modules/.exec(output)?.[1] ?? / (\d+) modules/.exec(output)?.[1])).toBeGreaterThan(
      30,
    )
    expect(output).not.toMatch(/^ {2}error/m)
    expect(exitCode).toBe(0)
  })
})
