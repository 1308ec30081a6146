import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { followRun } from '../../src/main/cli/follow-run.ts'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { completion, startModelServer } from '../support/model-server.ts'
import { researchAndWrite } from '../support/repository.ts'

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

describe('secrets', () => {
  it('are in no event, output, exchange, log or file but their own (parity 17)', async () => {
    const canary = 'canary-provider-key-3141592653'
    const model = await startModelServer((response) => completion(response, 'A text about canaries.'))
    const root = temporaryFolder()
    const dataFolder = openDataFolder(root)
    const host = await startHost({
      dataFolder,
      environment: {
        PATH: process.env['PATH'],
        LLM_PROVIDER: 'openai',
        OPENAI_BASE_URL: model.baseUrl,
        OPENAI_API_KEY: canary,
        LOG_LEVEL: 'debug',
      },
    })
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('startRun', {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'canaries' },
    })
    await followRun(client, run_id, () => undefined)
    const record = await client.call('getRun', { run_id })
    expect(record.status).toBe('success')
    const { exchanges } = await client.call('listExchanges', { run_id })
    const details = await Promise.all(
      exchanges.map(({ exchange_id }) => client.call('getExchange', { run_id, exchange_id })),
    )

    const workspaceSecret = Buffer.from(dataFolder.workspaceSecret).toString('hex')
    const secrets = [canary, host.bearer, workspaceSecret]
    const seen = JSON.stringify([record, exchanges, details])
    for (const secret of secrets) expect(seen).not.toContain(secret)
    for (const file of filesBelow(root)) {
      if (file.endsWith('workspace.key')) continue
      const content = readFileSync(file)
      for (const secret of secrets)
        expect({ file, found: content.includes(secret) }).toEqual({ file, found: false })
    }

    // Whole tokens are in the exchange details and nowhere else.
    const tokens = details.flatMap(({ client: own }) => own?.request_tokens.map(({ token }) => token) ?? [])
    expect(tokens.length).toBeGreaterThan(0)
    const elsewhere =
      JSON.stringify([record, exchanges]) + readFileSync(join(root, 'logs', 'host.log'), 'utf8')
    for (const token of tokens) expect(elsewhere).not.toContain(token.split('.')[2])
  })

  it('leave no bootstrap file behind', async () => {
    const dataFolder = openDataFolder(temporaryFolder())
    const client = createLocalClient((await startHost({ dataFolder })).handlers)
    const { run_id } = await client.call('startRun', {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'seeds' },
    })
    await followRun(client, run_id, () => undefined)
    expect(readdirSync(dataFolder.bootstrap)).toEqual([])
  })
})
