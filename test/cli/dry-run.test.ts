import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeTree, manifest, scenario, scenarioPath } from '../registry/tree.ts'
import { program } from '../support/program.ts'
import { researchAndWrite } from '../support/repository.ts'
import { callerAndWriter, ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

describe('dry-run', () => {
  it('says what a run would start from, and what it is to come to, and starts nothing', async () => {
    const { code, stdout, stderr, home } = await program([
      'dry-run',
      researchAndWrite,
      '--input',
      'topic=tides',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] })
    expect(stdout).toContain('2 handshakes before the first step')
    expect(stdout).toContain('input topic: "tides"')
    expect(stdout).toContain('agent researcher: researcher (custom), offers research.query')
    expect(stdout).toMatch(/^step write: workflow .*agent=researcher capability=write\.content/m)
    expect(stdout).toMatch(/^expected: success\. /m)
    expect(stdout).toMatch(/^templates: /m)
    expect(existsSync(home)).toBe(false)
  })

  it('gives the same as one object, with a template merged in', async () => {
    const args = ['dry-run', researchAndWrite, '--template', 'revoking', '--json']
    const { code, stdout } = await program(args)
    expect(code).toBe(0)
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({
      ref: researchAndWrite,
      template: 'revoking',
      inputs: { topic: expect.any(String) },
    })
    expect(plan.steps.map(({ type }: { type: string }) => type)).toContain('revoke_tct')
    expect(plan.agents[0].manifest.spec.aitp.offered_caps).toEqual(['research.query'])
  })

  it('counts handshakes only from agents that it would start, and lists the members of a group', async () => {
    const root = scenarioTree({
      agents: [
        ...callerAndWriter,
        { id: 'far', manifest_url: 'https://far.example/.well-known/aitp-manifest' },
      ],
      trust: { eager: true },
      steps: [
        {
          id: 'group',
          type: 'parallel',
          steps: [
            { id: 'pause', type: 'wait', ms: 5 },
            { id: 'rest', type: 'wait', ms: 5 },
          ],
        },
      ],
    })
    const { stdout, stderr } = await program(['dry-run', ofTheTest, '--scenarios', root])
    expect(stderr).toEqual([])
    expect(stdout).toContain('4 handshakes before the first step')
    expect(stdout).toContain('agent far: runs elsewhere, https://far.example/.well-known/aitp-manifest')
    expect(stdout).toContain('step group: parallel\n  step pause: wait ms=5\n')
    expect(stdout).toContain('expected: the scenario does not say')
  })

  it.each([
    ['an unknown scenario', ['intra-org/nothing@1.0.0'], 'scenario_not_found'],
    ['an unknown template', [researchAndWrite, '--template', 'nope'], 'template_not_found'],
    ['an input that does not fit', [researchAndWrite, '--input', 'style=7'], 'invalid_inputs'],
    ['an input that is no name=value', [researchAndWrite, '--input', '{"topic":'], 'usage'],
  ])('refuses %s with one sentence', async (_, args, error) => {
    const { code, stdout, stderr } = await program(['dry-run', ...args])
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: [expect.stringContaining(`(${error})`)],
    })
  })

  it('refuses a scenario whose worker is not there', async () => {
    const { root } = makeTree({
      [scenarioPath]: scenario(),
      '_shared/agents/asker.yaml': manifest('asker', 'ask.question'),
    })
    const { code, stderr } = await program(['dry-run', 'demo/talk@1.0.0', '--scenarios', root])
    expect({ code, stderr }).toEqual({ code: 2, stderr: [expect.stringContaining('no such worker')] })
  })
})
