import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { sharedHost } from '../support/host.ts'
import { runToEnd } from '../support/run-scenario.ts'

describe('a run in two voices', () => {
  const shared = sharedHost()
  async function narrated(runId: string, query: string) {
    const { port, bearer } = shared().host
    const response = await fetch(`http://127.0.0.1:${port}/runs/${runId}/narrate${query}`, {
      headers: { authorization: `Bearer ${bearer}` },
    })
    return { status: response.status, lines: (await response.text()).trimEnd().split('\n') }
  }

  it('is told in the field’s terms unless somebody asks for plain words, by route and command alike', async () => {
    const record = await runToEnd(shared().client, { scenario_ref: 'intra-org/trust-gate@1.0.0' })
    const { run_id, events } = record
    const terms = await narrated(run_id, '')
    expect(await narrated(run_id, '?voice=terms')).toEqual(terms)
    const plain = await narrated(run_id, '?voice=plain')
    for (const { lines } of [terms, plain]) expect(lines).toHaveLength(events.length + 1)
    expect(terms.lines.filter((line) => !/^\[[a-z]+\] /.test(line))).toEqual([])
    expect(plain.lines.filter((line) => line.startsWith('['))).toEqual([])
    expect(plain.lines).toContainEqual(
      'writer refuses a caller without a token the call of write.content at trust: no TCT was presented. [RFC-AITP-0005 §7.2]',
    )
    expect((await narrated(run_id, '?voice=loud')).status).toBe(422)

    const home = temporaryFolder()
    const file = join(home, 'run.json')
    writeFileSync(file, JSON.stringify(record))
    for (const [options, { lines }] of [
      [[], terms],
      [['--plain'], plain],
    ] as const) {
      const { code, stdout } = await runCli(['trace', file, ...options], { home })
      expect(code).toBe(0)
      expect(stdout.trimEnd().split('\n')).toEqual(lines.slice(0, -1))
    }
  })
})
