import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'

const ref = 'my-pack/first-talk@1.0.0'

describe('new', () => {
  it('writes a scenario, its pack and its agents, and validate finds nothing', async () => {
    const root = temporaryFolder()
    const made = await program(['new', ref, '--scenarios', root])
    expect(made.stdout.trim().split('\n')).toEqual([
      '_shared/agents/researcher.yaml',
      '_shared/agents/writer.yaml',
      'my-pack/pack.yaml',
      'my-pack/first-talk/1.0.0/scenario.yaml',
    ])
    expect(made).toMatchObject({ code: 0, stderr: [expect.stringContaining(`run ${ref}`)] })
    expect(existsSync(made.home)).toBe(false)
    const validated = await program(['validate', '--scenarios', root])
    expect(validated).toMatchObject({ code: 0, stdout: '', stderr: ['0 errors, 0 warnings'] })
    const resolved = await program(['dry-run', ref, '--scenarios', root])
    expect(resolved.code).toBe(0)
  })

  it('keeps what is there: a version is refused, another joins its pack', async () => {
    const root = temporaryFolder()
    await program(['new', ref, '--scenarios', root])
    const file = join(root, 'my-pack', 'first-talk', '1.0.0', 'scenario.yaml')
    const before = readFileSync(file, 'utf8')
    const again = await program(['new', ref, '--scenarios', root])
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringContaining('there already')] })
    expect(readFileSync(file, 'utf8')).toBe(before)
    const next = await program(['new', 'my-pack/first-talk@1.1.0', '--scenarios', root])
    expect(next).toMatchObject({ code: 0, stdout: 'my-pack/first-talk/1.1.0/scenario.yaml\n' })
  })

  it.each([
    'my-pack',
    'My-Pack/first-talk@1.0.0',
    'my-pack/first_talk@1.0.0',
    'my-pack/first-talk',
    'my-pack/first-talk@1.0',
    '../evil/first-talk@1.0.0',
    '_shared/first-talk@1.0.0',
  ])('refuses %s, and writes nothing', async (bad) => {
    const root = temporaryFolder()
    const refused = await program(['new', bad, '--scenarios', root])
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringMatching(/\(usage\)$/)] })
    expect(readdirSync(root)).toEqual([])
  })

  it('says so where agents of those names offer something else', async () => {
    const root = temporaryFolder()
    await program(['new', ref, '--scenarios', root])
    const writer = join(root, '_shared', 'agents', 'writer.yaml')
    writeFileSync(writer, readFileSync(writer, 'utf8').replace('write.content', 'write.poetry'))
    const made = await program(['new', 'my-pack/second-talk@1.0.0', '--scenarios', root])
    expect(made.code).toBe(1)
    expect(made.stderr.join('\n')).toMatch(/second-talk\/1\.0\.0\/scenario\.yaml:\d+:\d+ capability /)
  })

  it('refuses a scenarios folder that is not there', async () => {
    const root = join(temporaryFolder(), 'absent')
    const refused = await program(['new', ref, '--scenarios', root])
    expect(refused).toMatchObject({ code: 2, stderr: [expect.stringContaining(root)] })
    mkdirSync(root)
    expect((await program(['new', ref, '--scenarios', root])).code).toBe(0)
  })
})
