import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadRegistry } from '../../src/main/registry/index.ts'
import { Bootstrap } from '../../src/shared/bootstrap.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { type ControlPlaneStandIn, configured, openControlPlane } from '../support/control-plane.ts'
import { type SharedHost, sharedHost } from '../support/host.ts'
import { builtAgents, shippedScenarios } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'

const cpKey = 'canary-control-plane-key-27182818'
/** A token in compact form, whole or without its signature. */
const anyToken = /eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/

let controlPlane: ControlPlaneStandIn | undefined
const shared = sharedHost(async (folder) => {
  controlPlane = await openControlPlane()
  return {
    agentsDir: tellingAgents(folder),
    ...configured(controlPlane, { CP_API_KEY: cpKey, LOG_LEVEL: 'debug' }),
  }
})
afterAll(() => controlPlane?.stop())

/** The built workers; each first puts its bootstrap file where the test, and nobody else, can read it. */
function tellingAgents(folder: string): string {
  const agents = join(folder, 'test', 'agents')
  mkdirSync(join(folder, 'test', 'bootstraps'), { recursive: true })
  mkdirSync(agents, { recursive: true })
  for (const file of readdirSync(builtAgents).filter((name) => name.endsWith('.cjs'))) {
    const copy = `${JSON.stringify(join(folder, 'test', 'bootstraps'))} + '/' + process.pid`
    const tell = `require('node:fs').copyFileSync(process.env.AITP_BOOTSTRAP_FILE, ${copy})`
    writeFileSync(join(agents, file), `${tell}\nrequire(${JSON.stringify(join(builtAgents, file))})\n`)
  }
  return agents
}

/** What is known only to its holders: seeds, keys of routes, keys of services. */
function secretsOf({ host, folder }: SharedHost): string[] {
  const own = readdirSync(join(folder, 'test', 'bootstraps')).flatMap((name) => {
    const text = readFileSync(join(folder, 'test', 'bootstraps', name), 'utf8')
    const { aitp, secrets, oidc } = Bootstrap.parse(JSON.parse(text))
    const seed = Buffer.from(aitp.seed_hex, 'hex')
    const forms = (['hex', 'base64', 'base64url'] as const).map((form) => seed.toString(form))
    return [...forms, secrets.admin, secrets.telemetry, oidc?.private_seed_b64 ?? secrets.admin]
  })
  const workspace = readFileSync(join(folder, 'workspace.key'))
  return [...new Set([...own, workspace.toString('hex'), host.bearer, cpKey])]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

async function streamOf({ host }: SharedHost, runId: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${host.port}/runs/${runId}/events`, {
    headers: { authorization: `Bearer ${host.bearer}` },
  })
  return response.text()
}

describe('what the whole catalogue leaves behind', () => {
  const records: RunRecord[] = []
  let told = ''
  let secrets: string[] = []
  /** The signatures of every token that crossed the wire; with its signature a token can be presented. */
  const signatures = new Set<string>()

  beforeAll(async () => {
    const { client } = shared()
    const plans = loadRegistry(shippedScenarios).scenarios.flatMap(({ ref, templates }) =>
      [null, ...templates.map(({ metadata }) => metadata.name)].map((template) => ({ ref, template })),
    )
    for (const { ref, template } of plans) {
      const record = await runToEnd(client, { scenario_ref: ref, template })
      records.push(record)
      const { run_id } = record
      const { exchanges } = await client.call('listExchanges', { run_id })
      told += JSON.stringify([record, exchanges]) + (await streamOf(shared(), run_id))
      for (const { exchange_id } of exchanges) {
        const { client: sent, server: received } = await client.call('getExchange', { run_id, exchange_id })
        for (const side of [sent, received])
          for (const { token } of [...(side?.request_tokens ?? []), ...(side?.response_tokens ?? [])])
            signatures.add(token.split('.').at(-1) ?? '')
      }
    }
    told += JSON.stringify([
      await client.call('listRuns', {}),
      await client.call('listAgents', {}),
      await client.call('listScenarios', {}),
    ])
    secrets = secretsOf(shared())
  }, 300_000)

  it('comes from runs that were as they should be, and that had secrets to lose', () => {
    expect(records.filter(({ as_expected }) => as_expected !== true)).toEqual([])
    expect(records.length).toBeGreaterThan(30)
    expect(secrets.length).toBeGreaterThan(300)
    expect(signatures.size).toBeGreaterThan(100)
    expect(told.length).toBeGreaterThan(1_000_000)
  })

  it('has no token in a record, an event, an output, a stream or a list (B-34)', () => {
    expect([...signatures].filter((signature) => told.includes(signature))).toEqual([])
    expect(anyToken.exec(told)).toBeNull()
    const admissions = (controlPlane?.requests ?? []).flatMap(({ path, authorization = '' }) =>
      path === '/api/registry/agents' ? [authorization.replace('Bearer ', '')] : [],
    )
    expect(admissions.length).toBeGreaterThan(0)
    expect(admissions.filter((token) => told.includes(token))).toEqual([])
  })

  it('has no token in the logs, and none in what the Control Plane is told', () => {
    const logs = filesBelow(join(shared().folder, 'logs'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('')
    expect(logs.length).toBeGreaterThan(1_000)
    const ingested = (controlPlane?.requests ?? []).map(({ body }) => body).join('')
    expect(ingested).toContain('delegation.issued')
    for (const text of [logs, ingested]) {
      expect([...signatures].filter((signature) => text.includes(signature))).toEqual([])
      expect(anyToken.exec(text)).toBeNull()
    }
  })

  it('has no seed, key or secret anywhere but with its holder', () => {
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
    const { folder } = shared()
    const kept = filesBelow(folder).filter(
      (file) => !file.endsWith('workspace.key') && !file.startsWith(join(folder, 'test')),
    )
    expect(kept.length).toBeGreaterThan(2)
    for (const file of kept) {
      const content = readFileSync(file)
      expect({ file, found: secrets.filter((secret) => content.includes(secret)) }).toEqual({
        file,
        found: [],
      })
    }
  })
})
