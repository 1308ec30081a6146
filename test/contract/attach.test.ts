import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { researchAndWrite } from '../support/repository.ts'

describe('one host per data folder', () => {
  it('lets other commands attach to the process that is the host', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0'], { home })
    const address = await serving.line(/^http:/)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+$/)
    expect(statSync(join(home, 'host.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'workspace.key')).mode & 0o777).toBe(0o600)

    const run = await runCli(['run', researchAndWrite, '--input', 'topic=attached', '--json'], { home })
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 'success' })
    expect(serving.child.exitCode).toBeNull()

    const again = await runCli(['serve'], { home })
    expect(again.stdout).toMatch(new RegExp(`^${address.split('#')[0]?.replaceAll('.', '\\.')}#code=`))
    expect(again.code).toBe(0)
  })

  it('refuses an option that the live host cannot honour, with host_differs', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0'], { home })
    await serving.line(/^http:/)
    const port = await runCli(['serve', '--port', '1'], { home })
    expect(port).toMatchObject({ code: 2, stderr: expect.stringContaining('host_differs') })
    const scenarios = await runCli(
      ['run', researchAndWrite, '--input', 'topic=x', '--scenarios', 'scenarios/../scenarios'],
      { home },
    )
    expect(scenarios.code).toBe(0)
  })

  it('says so when the process that holds the folder does not answer', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0'], { home })
    await serving.line(/^http:/)
    serving.child.kill('SIGSTOP')
    const refused = await runCli(['trace', 'any'], { home })
    serving.child.kill('SIGCONT')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('data_folder_in_use') })
  })

  it('ends cleanly on SIGTERM and gives the folder back', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0'], { home })
    await serving.line(/^http:/)
    serving.child.kill('SIGTERM')
    await serving.exited
    expect(serving.child.exitCode).toBe(0)
    expect(existsSync(join(home, 'host.json'))).toBe(false)
    const next = startCli(['serve', '--port', '0'], { home })
    await next.line(/^http:/)
  })

  it('keeps two commands that start together from both being the host', async () => {
    const home = temporaryFolder()
    const both = await Promise.all(
      ['one', 'two'].map((topic) =>
        runCli(['run', researchAndWrite, '--input', `topic=${topic}`, '--json'], { home }),
      ),
    )
    expect(both.map(({ stdout }) => JSON.parse(stdout).status)).toEqual(['success', 'success'])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
  })
})
