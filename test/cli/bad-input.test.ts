import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeTree, manifest, scenario, scenarioPath } from '../registry/tree.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { programManifest } from '../support/foreign/manifest.ts'
import { program } from '../support/program.ts'
import { researchAndWrite } from '../support/repository.ts'
import { ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

/** One clear sentence with its code, exit 2, and nothing started: not even a data folder. */
async function refusedWithoutATrace(args: readonly string[], sentence: RegExp, code: string) {
  const ended = await program(args)
  expect(ended.stderr).toHaveLength(1)
  expect(ended.stderr[0]).toMatch(sentence)
  expect(ended.stderr[0]).toMatch(new RegExp(`\\(${code}\\)$`))
  expect(ended.stdout).toBe('')
  expect(ended.code).toBe(2)
  expect(() => readdirSync(ended.home)).toThrow('ENOENT')
}

describe('bad input is refused with one sentence and exit 2, nothing started', () => {
  it('unknown scenario, with the nearest one named', () =>
    refusedWithoutATrace(
      ['run', 'intra-org/research-and-wrte@1.0.0'],
      /research-and-write/,
      'scenario_not_found',
    ))

  it('missing input', async () => {
    const { root } = makeTree({
      [scenarioPath]: scenario({
        schema: '      { type: object, properties: { topic: { type: string } }, required: [topic] }',
      }),
    })
    await refusedWithoutATrace(['run', 'demo/talk@1.0.0', '--scenarios', root], /topic/, 'invalid_inputs')
  })

  it('wrongly typed input', async () => {
    const { root } = makeTree({
      [scenarioPath]: scenario({
        schema: '      { type: object, properties: { count: { type: integer } } }',
      }),
    })
    const args = ['run', 'demo/talk@1.0.0', '--scenarios', root, '--input', 'count=many']
    await refusedWithoutATrace(args, /count/, 'invalid_inputs')
  })

  it('an input outside its choices', () =>
    refusedWithoutATrace(
      ['run', researchAndWrite, '--input', 'topic=x', '--input', 'style=7'],
      /style/,
      'invalid_inputs',
    ))

  it('an input that is no name=value', () =>
    refusedWithoutATrace(['run', researchAndWrite, '--input', 'topic'], /name=value/, 'usage'))

  it('unknown option', () =>
    refusedWithoutATrace(['run', researchAndWrite, '--frobnicate'], /--frobnicate/, 'usage'))

  it('unknown command', () => refusedWithoutATrace(['rum'], /rum/, 'usage'))

  it('missing argument', () => refusedWithoutATrace(['run'], /ref/, 'usage'))

  it('unknown template', () =>
    refusedWithoutATrace(
      ['run', researchAndWrite, '--input', 'topic=x', '--template', 'nope'],
      /nope/,
      'template_not_found',
    ))

  it('a program of a scenario that nobody has allowed to start any', () => {
    const scenarios = scenarioTree({
      agents: [{ id: 'foreign', ref: '_shared/agents/foreign' }],
      manifests: { foreign: programManifest() },
    })
    return refusedWithoutATrace(
      ['run', ofTheTest, '--scenarios', scenarios],
      /Agent foreign is the program .*worker\.ts.*--allow-programs/,
      'programs_not_allowed',
    )
  })

  it('a time limit that is no number', () =>
    refusedWithoutATrace(['run', researchAndWrite, '--timeout', 'soon'], /soon/, 'usage'))

  it('broken YAML, with file, line and column', async () => {
    const scenarios = temporaryFolder()
    const version = join(scenarios, 'pack', 'broken', '1.0.0')
    mkdirSync(version, { recursive: true })
    writeFileSync(
      join(scenarios, 'pack', 'pack.yaml'),
      'apiVersion: aitp.dev/v1\nkind: ScenarioPack\nmetadata: { slug: pack, name: Pack }\n',
    )
    writeFileSync(
      join(version, 'scenario.yaml'),
      'apiVersion: aitp.dev/v1\nkind: ScenarioVersion\nmetadata: [unclosed\n',
    )
    const validated = await program(['validate', '--scenarios', scenarios])
    expect(validated.stdout).toMatch(/scenario\.yaml:\d+:\d+ yaml-syntax /)
    expect(validated.code).toBe(1)
    const run = await program(['run', 'pack/broken@1.0.0', '--scenarios', scenarios])
    expect(run.stderr.join('\n')).toMatch(/scenario\.yaml:\d+:\d+/)
    expect(run.code).toBe(2)
  })

  it('a port that was asked for and is taken', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const ended = await program(['serve', '--port', String(port)])
    expect(ended.stderr).toEqual([expect.stringMatching(new RegExp(`Port ${port} .*\\(port_in_use\\)$`))])
    expect(ended.code).toBe(2)
    expect(readdirSync(ended.home)).not.toContain('host.json')
  })

  it('a port that is no port', () => refusedWithoutATrace(['serve', '--port', '99999'], /99999/, 'usage'))

  it('a data folder that cannot be written, for root too', async () => {
    const file = join(temporaryFolder(), 'a-file')
    writeFileSync(file, '')
    const ended = await program(['run', researchAndWrite, '--input', 'topic=x', '--data', join(file, 'home')])
    expect(ended.stderr).toEqual([expect.stringMatching(/data folder .*a-file.*\(data_folder_unwritable\)$/)])
    expect(ended.code).toBe(2)
  })

  it('a data folder where nothing can be made', async () => {
    const ended = await program([
      'run',
      researchAndWrite,
      '--input',
      'topic=x',
      '--data',
      '/proc/nowhere/home',
    ])
    expect(ended).toMatchObject({ code: 2, stderr: [expect.stringContaining('data_folder_unwritable')] })
  })

  it('a scenario folder that is not there', async () => {
    const absent = join(temporaryFolder(), 'absent')
    for (const args of [['run', researchAndWrite], ['serve', '--port', '0'], ['scenarios'], ['validate']]) {
      const ended = await program([...args, '--scenarios', absent])
      expect(ended).toMatchObject({ code: 2, stderr: [expect.stringContaining('--scenarios')] })
    }
  })

  it('a run id that is none, and a label without end', async () => {
    const args = ['run', researchAndWrite, '--input', 'topic=x']
    for (const more of [
      ['--run-id', 'abc'],
      ['--label', 'x'.repeat(500)],
    ]) {
      const ended = await program([...args, ...more])
      expect(ended).toMatchObject({ code: 2, stderr: [expect.stringMatching(/\(invalid_body\)$/)] })
    }
  })

  it('a file to trace that is not there, or is no run record', async () => {
    await refusedWithoutATrace(['trace', '/nowhere/run.json'], /no file/, 'usage')
    const file = join(temporaryFolder(), 'other.json')
    writeFileSync(file, '{"a":1}')
    await refusedWithoutATrace(['trace', file], /no run record/, 'usage')
  })

  it('a scenario that names another program, or what it runs with', async () => {
    for (const bad of ['value: ../../evil', 'value: /bin/sh']) {
      const { root } = makeTree({
        '_shared/agents/asker.yaml': manifest('asker', 'ask.question').replace('value: asker', bad),
      })
      expect((await program(['validate', '--scenarios', root])).code).toBe(1)
    }
    for (const name of [
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'PATH',
      'OPENAI_BASE_URL',
      'AITP_BOOTSTRAP_FILE',
      'node_options',
    ]) {
      const { root } = makeTree({
        '_shared/agents/asker.yaml': manifest('asker', 'ask.question').replace(
          '  aitp:',
          `  host: { env: { ${name}: x } }\n  aitp:`,
        ),
      })
      const validated = await program(['validate', '--scenarios', root])
      expect({ name, code: validated.code }).toEqual({ name, code: 1 })
      expect(validated.stdout).toMatch(/asker\.yaml:\d+:\d+/)
    }
  })

  it('a worker that is not there, before anything starts', async () => {
    const { root } = makeTree({})
    const ended = await program(['run', 'demo/talk@1.0.0', '--scenarios', root])
    expect(ended).toMatchObject({ code: 2, stderr: [expect.stringContaining('no such worker')] })
  })

  it('a run that is not there', async () => {
    const ended = await program(['trace', 'no-such-run'])
    expect(ended).toMatchObject({ code: 2, stderr: [expect.stringContaining('run_not_found')] })
  })

  it('an artefact that is not there, and a kind that is none', async () => {
    await refusedWithoutATrace(['verify', 'tct', '/nowhere/tct.jws'], /\/nowhere\/tct\.jws/, 'usage')
    await refusedWithoutATrace(['verify', 'passport', '-'], /passport/, 'usage')
  })
})

describe('the program itself', () => {
  it('prints its help to standard output and ends with 0', async () => {
    const { code, stdout } = await program(['--help'])
    expect(stdout).toMatch(/run \[options\] <ref>/)
    expect(code).toBe(0)
  })

  it('finds this machine fit, and says what is not', async () => {
    const { code, stdout } = await program(['doctor', '--json'])
    const { findings } = JSON.parse(stdout)
    expect(findings.filter(({ state }: { state: string }) => state === 'problem')).toEqual([])
    expect(code).toBe(0)
  })
})

describe('a Control Plane that cannot be used is refused before anything is opened, and the command ends', () => {
  it.each([
    ['an address that is none', { CP_BASE_URL: 'blah' }, /http or https/],
    ['an AID that is none', { CP_BASE_URL: 'http://127.0.0.1:1', CP_AID: 'x' }, /CP_AID .* "x"/],
    ['a time limit that is none', { CP_TIMEOUT_MS: 'x' }, /CP_TIMEOUT_MS .* "x"/],
  ])('%s', async (_what, environment, sentence) => {
    for (const args of [
      ['run', researchAndWrite],
      ['serve', '--port', '0'],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { home: temporaryFolder(), environment })
      expect(stderr).toMatch(sentence)
      expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
        code: 2,
        stdout: '',
        lines: 1,
      })
    }
  })
})
