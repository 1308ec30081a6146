import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isGateMet, runFixtures } from '../../src/main/conformance/run-fixtures.ts'
import { startTarget } from '../../src/main/conformance/target.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { repositoryRoot } from '../support/repository.ts'
import { fixtures, ring } from './suite.ts'

const adapter = join(repositoryRoot, 'build', 'adapter.mjs')

/** An adapter that does as the script says: `answer` is called with each request. */
function adapterThat(answer: string): string {
  const file = join(temporaryFolder(), 'adapter.mjs')
  const script = `import { createInterface } from 'node:readline'
const init = { implementation: 'x', version: '1', supported_ops: ['verify_tct'], supported_features: [] }
const say = (message) => console.log(JSON.stringify(message))
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, op } = JSON.parse(line)
  if (op === 'init') return say({ id, ok: true, result: init })
  ;(${answer})(id, op)
})
`
  writeFileSync(file, `#!${process.execPath}\n${script}`)
  chmodSync(file, 0o755)
  return file
}

const timeoutMs = 1500

async function verdictOf(path: string) {
  const implementation = await startTarget(path, { environment: process.env, timeoutMs })
  const one = fixtures.filter(({ id }) => id === 'tct-002' || id === 'vch-001')
  try {
    const result = await runFixtures(one, { implementation, ring, drafts: true })
    return { results: result.results, gate: isGateMet(one, result) }
  } finally {
    await implementation.close()
  }
}

describe('a target', () => {
  it('our own adapter gives as a process what it gives in this one', async () => {
    const implementation = await startTarget(adapter, { environment: process.env })
    const result = await runFixtures(fixtures, { implementation, ring, drafts: true })
    await implementation.close()
    expect(result).toMatchObject({ total: 72, passed: 71, failed: 0, skipped: 1 })
  })

  it('that offers too little meets no gate, though nothing failed', async () => {
    const right = `(id) => say({ id, ok: false, error_code: 'TCT_EXPIRED', message: '' })`
    expect(await verdictOf(adapterThat(right))).toMatchObject({
      gate: false,
      results: [
        { id: 'tct-002', status: 'passed' },
        { id: 'vch-001', status: 'skipped' },
      ],
    })
  })

  it.each([
    ['answers another request', `(id) => say({ id: id + 'x', ok: true, result: {} })`, 'answered req-2x'],
    ['answers nonsense', `() => console.log('nonsense')`, 'no JSON object'],
    ['is silent', '() => undefined', 'did not answer verify_tct within 1.5 s'],
    ['dies', '() => process.exit(7)', 'it ended with 7'],
  ])('that %s fails the fixture, and nothing hangs', async (_, answer, reason) => {
    const { results } = await verdictOf(adapterThat(answer))
    expect(results[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) })
  })

  it('that is none is bad input', async () => {
    const gone = join(temporaryFolder(), 'none')
    await expect(startTarget(gone, { environment: {} })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('aitp-console conformance', () => {
  it('prints one JSON object and ends with 0', async () => {
    const { code, stdout } = await runCli(['conformance', '--json'], { home: temporaryFolder() })
    const { results, ...figures } = JSON.parse(stdout)
    expect([code, figures]).toEqual([0, { total: 72, passed: 71, failed: 0, skipped: 1 }])
    expect(results).toHaveLength(72)
    expect(results[0]).toEqual({ id: 'bundle-001', status: 'passed' })
  })

  it('without drafts leaves out eleven', async () => {
    const { code, stderr } = await runCli(['conformance', '--no-drafts'], { home: temporaryFolder() })
    expect([code, stderr]).toEqual([0, '72 fixtures: 61 passed, 0 failed, 11 skipped\n'])
  })

  it('ends with 1 when a fixture fails, with 2 when there is none or it is none', async () => {
    const folder = temporaryFolder()
    expect(await runCli(['conformance', folder], { home: temporaryFolder() })).toMatchObject({
      code: 2,
      stdout: '',
    })
    const wrong = {
      id: 'x-001',
      rfc: 'RFC-AITP-0001',
      status: 'core',
      required_for_v0_1: false,
      required_for_v0_2: true,
      feature: null,
      input: { operation: 'compute_jwk_thumbprint', public_key: 'x' },
      expected: { outcome: 'success' },
    }
    writeFileSync(join(folder, 'x-001.json'), JSON.stringify(wrong))
    expect(await runCli(['conformance', folder], { home: temporaryFolder() })).toMatchObject({ code: 1 })
    writeFileSync(join(folder, 'y.json'), '{}')
    const { code, stderr } = await runCli(['conformance', folder], { home: temporaryFolder() })
    expect([code, stderr]).toEqual([2, expect.stringContaining('y.json: id is no string')])
  })

  it('answers on standard input as an adapter', async () => {
    const stdin = '{"id":"1","op":"init","params":{}}\n{"id":"2","op":"shutdown"}\n{"id":"3","op":"init"}\n'
    const { code, stdout } = await runCli(['adapter'], { home: temporaryFolder(), stdin })
    expect(code).toBe(0)
    expect(
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).id),
    ).toEqual(['1', '2'])
  })
})

describe('aitp-console bench', () => {
  it('prints the two rates and their ratio', async () => {
    const { code, stdout } = await runCli(['bench', 'verify', '--rounds', '3', '--json'], {
      home: temporaryFolder(),
    })
    const [result, ...others] = JSON.parse(stdout).results
    expect(others).toEqual([])
    expect(result).toMatchObject({ name: 'verify', rounds: 3, signatures: 1, least: 0.85, met: code === 0 })
    expect(result.oursPerSecond).toBeGreaterThan(100)
    expect(result.barePerSecond).toBeGreaterThan(100)
  })

  it.each([
    ['bench', 'nothing'],
    ['bench', '--rounds', '0'],
  ])('%s %s is bad input', async (...args) => {
    expect(await runCli(args, { home: temporaryFolder() })).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('npm run fuzz', () => {
  const fuzz = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, 'build', 'fuzz.mjs'), ...args], { encoding: 'utf8' })

  it('prints both counts and the seed, and the same from the same seed', () => {
    const [first, second] = [fuzz('--seed', '3', '--count', '500'), fuzz('--seed', '3', '--count', '500')]
    expect(first.stdout).toMatch(/500 mutants: \d+ refused, \d+ accepted with .*; \d+ findings; seed 3\n$/)
    expect(second.stdout).toBe(first.stdout)
  })

  it('says when its time was up, and what it takes', () => {
    expect(fuzz('--seed', '3', '--seconds', '0').stdout).toContain('0 findings; seed 3; stopped after 0 s')
    expect(fuzz('--speed', '9')).toMatchObject({ status: 2, stdout: '' })
  })
})
