import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { freePort } from '../support/ports.ts'
import { startLoneWorker, startTelemetrySink } from '../support/worker.ts'

/** Probes, and expects that neither a data folder nor a temporary one is left. */
async function probe(...args: readonly string[]) {
  const [home, temporary] = [temporaryFolder(), temporaryFolder()]
  const ended = await runCli(['probe', ...args], { home, environment: { TMPDIR: temporary } })
  expect(readdirSync(home)).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
  return ended
}

/** An agent that shakes hands with strangers. */
async function openAgent() {
  const host = await startHost()
  const port = await freePort()
  const client = createLocalClient(host.handlers)
  return client.call('hostAgent', { ref: '_shared/agents/writer', public_host: `127.0.0.1:${port}`, port })
}

describe('probe', () => {
  it('prints the ladder of every message, and says that nobody vouches for an agent without a pin', async () => {
    const agent = await openAgent()
    const { code, stdout } = await probe(agent.origin)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^→ GET .*aitp-manifest {2}200$/m)
    for (const route of ['hello', 'commit'])
      expect(stdout).toMatch(new RegExp(`^→ POST .*/aitp/handshake/${route} {2}200$`, 'm'))
    for (const subject of ['manifest', 'mutual_hello_ack', 'mutual_commit_ack'])
      expect(stdout).toMatch(new RegExp(`^ {2}${subject}: accepted$`, 'm'))
    expect(stdout).toMatch(/– identity\.pin .* skipped: /)
    expect(stdout).toContain(`Established with ${agent.aid} (not pinned: `)
  })

  it('gives the same as one JSON object, and checks a pin', async () => {
    const agent = await openAgent()
    const { code, stdout } = await probe(agent.manifest_url, '--pin', agent.aid, '--json')
    expect(code).toBe(0)
    const outcome = JSON.parse(stdout)
    expect(outcome).toMatchObject({
      manifest_url: agent.manifest_url,
      verdict: 'established',
      pinned: true,
      peer_aid: agent.aid,
      grants: ['write.content'],
      refusal: null,
    })
    expect(outcome.exchanges.map(({ kind, status }: Record<string, unknown>) => [kind, status])).toEqual([
      ['manifest', 200],
      ['hello', 200],
      ['commit', 200],
    ])
    const stranger = createAitp(nodeEngine).agentKey(new Uint8Array(32).fill(9)).aid
    const refused = await probe(agent.origin, '--pin', stranger)
    expect(refused.code).toBe(1)
    expect(refused.stdout).toMatch(/^REFUSED IDENTITY_FAILED at check manifest\.expected_aid: /m)
  })

  it('ends with 1 for an agent that refuses strangers, and where nobody answers', async () => {
    const { worker } = await startLoneWorker('writer', await startTelemetrySink())
    const closed = await probe(`http://127.0.0.1:${worker.port}`)
    expect(closed.code).toBe(1)
    expect(closed.stdout).toMatch(/aitp\/handshake\/hello {2}40\d$/m)
    expect(closed.stdout).toMatch(/^REFUSED [A-Z_]+/m)
    const nobody = await probe(`http://127.0.0.1:${await freePort()}`)
    expect(nobody.code).toBe(1)
    expect(nobody.stdout).toMatch(/no answer/)
  })

  it.each([[['nonsense']], [['ftp://127.0.0.1']], [['http://127.0.0.1:1', '--pin', 'me']], [[]]])(
    'ends with 2 for %j',
    async (args) => {
      expect(await probe(...args)).toMatchObject({ code: 2, stdout: '' })
    },
  )
})
