import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contract } from '../../src/shared/contract.ts'
import { runCli, startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { httpClient } from '../support/http.ts'
import { repositoryRoot, researchAndWrite } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'
import { ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

const script = join(repositoryRoot, 'examples', 'drive-the-service', 'drive.mjs')
const page = readFileSync(join(repositoryRoot, 'docs', 'http-api.md'), 'utf8')
const commands = [...page.matchAll(/^node examples\/drive-the-service\/drive\.mjs(.*)$/gm)].map(
  ([, args = '']) => args.trim().split(' ').filter(Boolean),
)

/** The numbers of the events that it printed. */
const seqsOf = (stdout: string) =>
  [...stdout.matchAll(/^(\d+) [a-z_]+\.[a-z_]+$/gm)].map(([, seq]) => Number(seq))
const countTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

/** How it reaches a host of the test. */
const reaching = (port: number, bearer: string) => ({
  home: temporaryFolder(),
  script,
  environment: { AITP_CONSOLE_URL: `http://127.0.0.1:${port}`, AITP_CONSOLE_BEARER: bearer },
})

describe('driving the service from another program', () => {
  it('works as docs/http-api.md has it, with the console found through its data folder', async () => {
    const home = temporaryFolder()
    await startCli(['serve', '--port', '0'], { home }).line(/^http:/)
    const [list, run] = commands
    expect([list, run?.[0]]).toEqual([[], researchAndWrite])

    const listed = await runCli(list ?? [], { home, script })
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout).toMatch(new RegExp(`^${researchAndWrite} {2}`, 'm'))

    const ran = await runCli(run ?? [], { home, script })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const [, runId = ''] = /^run (\S+)$/m.exec(ran.stdout) ?? []
    const stored = JSON.parse((await runCli(['runs', '--json'], { home })).stdout)
    expect(stored.runs).toMatchObject([{ run_id: runId, status: 'success' }])
    const seqs = seqsOf(ran.stdout)
    expect(seqs.length).toBeGreaterThan(10)
    expect(seqs).toEqual(countTo(seqs.length))
    expect(JSON.parse(ran.stdout.slice(ran.stdout.lastIndexOf('\n{') + 1))).toMatchObject({
      status: 'success',
      error: null,
      outputs: { research: expect.anything() },
    })
  })

  it('reads every event once through a connection that is cut again and again', async () => {
    const { port, bearer } = await startHost()
    const { cuts, port: proxyPort } = await cuttingProxy(port)
    const ran = await runCli([researchAndWrite, 'topic=tides'], reaching(proxyPort, bearer))
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const [, runId = ''] = /^run (\S+)$/m.exec(ran.stdout) ?? []
    const { events } = await httpClient(port, bearer).call('getRun', { run_id: runId })
    expect(seqsOf(ran.stdout)).toEqual(events.map(({ seq }) => seq))
    expect(cuts()).toBe(3)
  })

  it('cancels its run on Ctrl-C, and ends with 1', async () => {
    const scenariosDir = scenarioTree({ steps: [{ id: 'stay', type: 'wait', ms: 10_000 }] })
    const { port, bearer } = await startHost({ scenariosDir })
    const driving = startCli([ofTheTest], reaching(port, bearer))
    const runId = (await driving.line(/^run /)).slice('run '.length)
    await driving.line(/^\d+ step\.waiting$/)
    driving.child.kill('SIGINT')
    await driving.exited
    expect(driving.child.exitCode).toBe(1)
    expect((await endOf(httpClient(port, bearer), runId)).status).toBe('cancelled')
  })

  it('says what the service refuses, and why', async () => {
    const { port, bearer } = await startHost()
    const unknown = await runCli(['intra-org/nothing@1.0.0'], reaching(port, bearer))
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^404 scenario_not_found: /) })
    const wrong = await runCli([researchAndWrite, 'style=7'], reaching(port, bearer))
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^422 invalid_inputs: /) })
    const stranger = await runCli([], reaching(port, 'no-bearer'))
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringMatching(/^401 unauthorized: /) })
  })

  it('every route that docs/http-api.md names is one of the contract', () => {
    const named = [...page.matchAll(/`((?:GET|POST|DELETE) \/\S*)`/g)].map(([, route = '']) => route)
    const known = Object.values(contract).map(({ http }) => http.replace(/:(\w+)/g, '{$1}'))
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((route) => !known.includes(route))).toEqual([])
  })
})

/** Hands everything on to the service, and cuts each of the first three streams after a few events. */
async function cuttingProxy(servicePort: number) {
  let cuts = 0
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    const onward = request(
      {
        host: '127.0.0.1',
        port: servicePort,
        method,
        path: url,
        headers: { ...headers, host: `127.0.0.1:${servicePort}` },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        const isCut = url.endsWith('/events') && cuts < 3
        if (isCut) cuts += 1
        let passed = 0
        answer.on('data', (piece: Buffer) => {
          passed += piece.length
          // In the middle of a message: only whole ones may count.
          if (isCut && passed > 700) {
            outgoing.write(piece.subarray(0, piece.length - 40), () => outgoing.destroy())
            answer.destroy()
          } else outgoing.write(piece)
        })
        answer.on('end', () => outgoing.end())
        answer.on('error', () => undefined)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { cuts: () => cuts, port: (server.address() as AddressInfo).port }
}
