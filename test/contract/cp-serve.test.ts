import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { asker } from '../control-plane/contract/check.ts'
import { runCli, startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { researchAndWrite } from '../support/repository.ts'

it('serves alone, and a console in the same data folder uses it', async () => {
  const home = temporaryFolder()
  const serving = startCli(['cp', 'serve', '--port', '0', '--json'], { home })
  const { base_url, aid, pid } = JSON.parse(await serving.line(/base_url/))
  expect(pid).toBe(serving.child.pid)
  const file = join(home, 'control-plane.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { api_key } = JSON.parse(readFileSync(file, 'utf8'))
  const ask = asker(base_url, api_key)
  expect((await ask('GET', '/api/health')).body.aid).toBe(aid)
  const log = readFileSync(join(home, 'logs', 'control-plane.log'), 'utf8')
  expect(JSON.parse(log.split('\n')[0] ?? '')).toMatchObject({ cp: base_url, aid })

  const second = await runCli(['cp', 'serve'], { home })
  expect(second).toMatchObject({ code: 0, stdout: `${base_url}\n` })
  expect(second.stderr).toContain('runs it already')

  const { stdout } = await runCli(['run', researchAndWrite, '--input', 'topic=pilots', '--json'], { home })
  const record = JSON.parse(stdout)
  expect(record).toMatchObject({ status: 'success', cp: 'embedded' })
  const { body } = await ask('GET', `/api/events/history?run_id=${record.run_id}&limit=1000`)
  expect(body.count).toBe(record.events.length)

  serving.child.kill('SIGTERM')
  expect(await serving.exited).toEqual([0, null])
  const again = startCli(['cp', 'serve', '--port', '0', '--json'], { home })
  expect(JSON.parse(await again.line(/base_url/)).aid).toBe(aid)
})

it('says in one sentence that its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr, stdout } = await runCli(['cp', 'serve', '--port', String(port)], {
    home: temporaryFolder(),
  })
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^aitp-console: Port \d+ is taken .* \(port_in_use\)\n$/)
})
