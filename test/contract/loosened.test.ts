import { request } from 'node:http'
import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { program } from '../support/program.ts'

/** `fetch` would not let a test choose `Host`. */
function ask(port: number, path: string, headers: Record<string, string>, host = '127.0.0.1') {
  return new Promise<number>((resolve, reject) => {
    const method = path === '/internal/telemetry' ? 'POST' : 'GET'
    const outgoing = request({ host, port, method, path, headers }, async (response) => {
      await text(response)
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('--dangerously-no-bearer', () => {
  it('drops the bearer and nothing else', async () => {
    const { port } = await startHost({ loosened: { noBearer: true } })
    expect(await ask(port, '/runs', {})).toBe(200)
    expect(await ask(port, '/runs', { authorization: 'Bearer of an older console' })).toBe(200)
    expect(await ask(port, '/runs', { host: 'attacker.example' })).toBe(403)
    expect(await ask(port, '/runs', { origin: 'http://attacker.example' })).toBe(403)
    expect(await ask(port, '/runs', { 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await ask(port, '/internal/telemetry', {})).not.toBe(200)
  })

  it('is warned of, and refused where the console that is up asks for its bearer', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0', '--dangerously-no-bearer', '--json'], { home })
    expect(await serving.line(/^WARNING/)).toContain('nobody is asked for the bearer')
    const { port } = JSON.parse(await serving.line(/^\{/))
    expect((await fetch(`http://127.0.0.1:${port}/runs`)).status).toBe(200)

    // Who attaches to it did not choose that.
    const attached = await program(['runs'], { AITP_CONSOLE_HOME: home })
    expect(attached.stderr).toContainEqual(expect.stringMatching(/^WARNING: nobody is asked/))

    const guarded = temporaryFolder()
    await startCli(['serve', '--port', '0'], { home: guarded }).line(/^http:/)
    const refused = await program(['serve', '--dangerously-no-bearer'], { AITP_CONSOLE_HOME: guarded })
    expect(refused).toMatchObject({ code: 2, stderr: [expect.stringContaining('host_differs')] })
  })
})

describe('--dangerously-listen', () => {
  it('listens everywhere under the names of this machine, and asks for the bearer', async () => {
    const { port, bearer } = await startHost({ loosened: { listen: '0.0.0.0' } })
    const authorization = `Bearer ${bearer}`
    const ours = `${hostname()}:${port}`
    expect(await ask(port, '/runs', { authorization })).toBe(200)
    expect(await ask(port, '/runs', { authorization, host: ours, origin: `http://${ours}` })).toBe(200)
    expect(await ask(port, '/runs', { host: ours })).toBe(401)
    expect(await ask(port, '/runs', { authorization, host: `attacker.example:${port}` })).toBe(403)
    expect(await ask(port, '/runs', { authorization, origin: 'http://attacker.example' })).toBe(403)
  })

  it('listens at one more address beside loopback, where it is named', async () => {
    const { port, bearer } = await startHost({ loosened: { listen: '::1' } })
    const authorization = `Bearer ${bearer}`
    expect(await ask(port, '/runs', { authorization })).toBe(200)
    expect(await ask(port, '/runs', { authorization, host: `[::1]:${port}` }, '::1')).toBe(200)
    expect(await ask(port, '/runs', { host: `[::1]:${port}` }, '::1')).toBe(401)
  })

  it.each([
    ['HOST alone', ['serve'], { HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*--dangerously-listen/],
    ['a name', ['serve', '--dangerously-listen'], { HOST: 'example.org' }, /IP address/],
    [
      'an address of another machine',
      ['serve', '--dangerously-listen'],
      { HOST: '192.0.2.1' },
      /192\.0\.2\.1/,
    ],
    [
      'no bearer beyond this machine',
      ['serve', '--dangerously-listen', '--dangerously-no-bearer'],
      {},
      /keeps to this machine/,
    ],
  ])('refuses %s', async (_, args, environment, sentence) => {
    const ended = await program([...args, '--port', '0'], environment, AbortSignal.abort())
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringMatching(sentence)] })
    expect(ended.stderr[0]).toMatch(/\(usage\)$/)
  })

  it('takes a HOST that is loopback as it is', async () => {
    for (const HOST of ['127.0.0.1', 'localhost', '']) {
      const ended = await program(['serve', '--port', '0', '--json'], { HOST }, AbortSignal.abort())
      expect(ended).toMatchObject({ code: 0, stderr: [] })
    }
  })
})
