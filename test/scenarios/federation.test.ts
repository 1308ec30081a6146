import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { createHost, type Host } from '../../src/main/host.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { didOf } from '../../src/main/trust/did-web.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { HostedAgent } from '../../src/shared/hosted-agents.ts'
import { isAlive } from '../support/alive.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { testHost } from '../support/open-host.ts'
import { freePort } from '../support/ports.ts'
import { eventsOf } from '../support/run-scenario.ts'

const environment = { PATH: process.env['PATH'], AITP_FEDERATION_ALLOW_LOOPBACK: '1' }

interface Organisation {
  readonly host: Host
  readonly client: ConsoleClient
  readonly hosted: HostedAgent
}

/** A console of its own, with one agent under a public name of its own. */
async function organisation(agent: string, name: string, given = environment): Promise<Organisation> {
  const host = await startHost({ environment: given })
  const client = createLocalClient(host.handlers)
  const port = await freePort()
  const hosted = await client.call('hostAgent', {
    ref: `_shared/agents/${agent}`,
    public_host: `${name}:${port}`,
    port,
  })
  return { host, client, hosted }
}

/** As older clients ask: over HTTP, for the status too. */
async function request(host: Host, method: string, path: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${host.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${host.bearer}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  return { status: response.status, code: answer.error?.code, answer }
}

/** Serves a DID document that leads where `endpoint` says. */
async function serveDocument(endpoint: string): Promise<string> {
  let did = ''
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ id: did, service: [{ type: 'AitpManifest', serviceEndpoint: endpoint }] })),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  did = didOf(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  return did
}

describe('two consoles with origins of their own', () => {
  it('federate: by identifier, handshake and call, and each keeps the record of its own agent (parity 18)', async () => {
    const a = await organisation('researcher', '127.0.0.1')
    const b = await organisation('analyzer', 'localhost')
    expect(b.hosted.did).toBe(`did:web:localhost%3A${b.hosted.port}`)
    const { hosted_id } = a.hosted
    const trust = await a.client.call('resolveAndHandshake', { hosted_id, peer_did: b.hosted.did })
    expect(trust).toMatchObject({
      trust: 'established',
      peer_did: b.hosted.did,
      peer_origin: `http://localhost:${b.hosted.port}`,
      peer_base_url: b.hosted.origin,
      resolved_manifest_url: b.hosted.manifest_url,
      peer_aid: b.hosted.aid,
      peer_port: b.hosted.port,
      grants: ['analyze.data'],
    })
    const call = { hosted_id, capability: 'analyze.data', payload: 'three numbers' }
    for (const peer of [{ peer_aid: trust.peer_aid }, { peer_port: trust.peer_port }]) {
      const { result } = await a.client.call('invokeFederated', { ...call, ...peer })
      expect(result).toMatchObject({ agent: 'analyzer' })
    }
    const refused = await a.client.call('invokeFederated', {
      ...call,
      capability: 'write.content',
      peer_aid: trust.peer_aid,
      peer_base_url: trust.peer_base_url,
    })
    expect(refused.result).toMatchObject({ error: true, status_code: 403 })

    const record = await a.client.call('getRun', { run_id: a.hosted.run_id })
    expect(record.status).toBe('running')
    expect(eventsOf(record, 'trust.established')).toMatchObject([
      { initiator: 'researcher', target: b.hosted.did, jti: trust.jti },
    ])
    const answered = await b.client.call('getRun', { run_id: b.hosted.run_id })
    expect(eventsOf(answered, 'handshake.complete')).toMatchObject([
      { role: 'responder', peer_aid: a.hosted.aid },
    ])
    // Nobody has pinned anybody: each side's record says skipped, and not passed.
    for (const { client, hosted } of [a, b]) {
      const { run_id } = hosted
      const { exchanges } = await client.call('listExchanges', { run_id })
      const hello = exchanges.find(({ kind }) => kind === 'hello')
      const verdicts = hello?.messages.flatMap(({ verdict }) => verdict?.report.checks ?? [])
      expect(verdicts?.filter(({ id }) => id.endsWith('pin'))).toMatchObject([{ status: 'skipped' }])
    }
  })

  it('send a token only to where it was issued', async () => {
    const a = await organisation('researcher', '127.0.0.1')
    const b = await organisation('analyzer', 'localhost')
    const { hosted_id } = a.hosted
    const invoke = (body: Readonly<Record<string, unknown>>) =>
      request(a.host, 'POST', `/hosted-agents/${hosted_id}/invoke`, { capability: 'analyze.data', ...body })
    expect(await invoke({ peer_aid: b.hosted.aid })).toMatchObject({ status: 502, code: 'capability_failed' })
    await a.client.call('resolveAndHandshake', { hosted_id, peer_did: b.hosted.did })
    const elsewhere = { peer_aid: b.hosted.aid, peer_base_url: a.hosted.origin }
    expect(await invoke(elsewhere)).toMatchObject({ status: 409, code: 'origin_mismatch' })
    expect(await invoke({})).toMatchObject({ status: 422, code: 'invalid_body' })
    expect(await invoke({ peer_aid: b.hosted.aid })).toMatchObject({ status: 200 })
  })
})

describe('resolve-and-handshake', () => {
  it('refuses what is no identifier, resolves to nothing, or leads to another host', async () => {
    const { host, hosted } = await organisation('researcher', '127.0.0.1')
    const resolve = (peer_did: string, id = hosted.hosted_id) =>
      request(host, 'POST', `/hosted-agents/${id}/resolve-and-handshake`, { peer_did })
    expect(await resolve(hosted.did, '000000000000')).toMatchObject({
      status: 404,
      code: 'hosted_agent_not_found',
    })
    expect(await resolve('did:key:z6Mk')).toMatchObject({ status: 400, code: 'invalid_did' })
    const nobody = didOf(`127.0.0.1:${await freePort()}`)
    expect(await resolve(nobody)).toMatchObject({ status: 502, code: 'peer_unreachable' })
    const elsewhere = await serveDocument(hosted.origin)
    expect(await resolve(elsewhere)).toMatchObject({ status: 409, code: 'origin_mismatch' })
  })

  it('says with which code the peer’s manifest was refused', async () => {
    const { host, hosted } = await organisation('researcher', '127.0.0.1')
    let did = ''
    const server = createServer((request, response) => {
      const origin = `http://${request.headers.host}`
      const document = { id: did, service: [{ type: 'AitpManifest', serviceEndpoint: origin }] }
      response.end(request.url === '/.well-known/did.json' ? JSON.stringify(document) : '{"manifest":{}}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    did = didOf(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    const path = `/hosted-agents/${hosted.hosted_id}/resolve-and-handshake`
    const { status, code, answer } = await request(host, 'POST', path, { peer_did: did })
    expect({ status, code }).toEqual({ status: 502, code: 'handshake_failed' })
    expect(answer.error.details).toMatchObject({ status: 502, check: expect.stringMatching(/^manifest\./) })
  })

  it('refuses a peer whose handshake is elsewhere than the identifier leads', async () => {
    const a = await organisation('researcher', '127.0.0.1')
    const b = await organisation('analyzer', 'localhost')
    let did = ''
    const manifest = await (await fetch(b.hosted.manifest_url)).text()
    const server = createServer((request, response) => {
      const service = [{ type: 'AitpManifest', serviceEndpoint: `http://${request.headers.host}` }]
      response.end(request.url === '/.well-known/did.json' ? JSON.stringify({ id: did, service }) : manifest)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    did = didOf(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    const path = `/hosted-agents/${a.hosted.hosted_id}/resolve-and-handshake`
    expect(await request(a.host, 'POST', path, { peer_did: did })).toMatchObject({
      status: 409,
      code: 'origin_mismatch',
    })
    const { events } = await b.client.call('getRun', { run_id: b.hosted.run_id })
    expect(events.filter(({ type }) => type.startsWith('handshake.'))).toEqual([])
  })

  it('refuses this machine unless a trial of federation was asked for (parity 18)', async () => {
    const a = await organisation('researcher', '127.0.0.1', {
      ...environment,
      AITP_FEDERATION_ALLOW_LOOPBACK: '',
    })
    const b = await organisation('analyzer', 'localhost')
    const path = `/hosted-agents/${a.hosted.hosted_id}/resolve-and-handshake`
    expect(await request(a.host, 'POST', path, { peer_did: b.hosted.did })).toMatchObject({
      status: 409,
      code: 'loopback_refused',
    })
  })
})

describe('a hosted agent', () => {
  it('is listed, keeps a record, and leaves nothing when it is stopped (B-28, B-52)', async () => {
    const dataFolder = openDataFolder(temporaryFolder())
    const host = await startHost({ dataFolder, environment })
    const port = await freePort()
    const body = { ref: '_shared/agents/researcher', public_host: `localhost:${port}`, port }
    const { status, answer: hosted } = await request(host, 'POST', '/hosted-agents', body)
    expect(status).toBe(200)
    const origin = `http://localhost:${port}`
    expect(hosted).toEqual({
      hosted_id: expect.stringMatching(/^[0-9a-f]{12}$/),
      run_id: `hosted-${hosted.hosted_id}`,
      agent_id: 'researcher',
      ref: '_shared/agents/researcher',
      port,
      aid: expect.stringMatching(/^aid:pubkey:/),
      did: `did:web:localhost%3A${port}`,
      origin,
      manifest_url: `${origin}/.well-known/aitp-manifest`,
      handshake_url: `${origin}/aitp/handshake/`,
      did_document_url: `${origin}/.well-known/did.json`,
    })
    expect(readdirSync(dataFolder.bootstrap)).toEqual([])
    const document = await (await fetch(hosted.did_document_url)).json()
    expect(document).toMatchObject({ id: hosted.did, service: [{ serviceEndpoint: origin }] })
    expect((await request(host, 'GET', '/hosted-agents')).answer).toEqual({ hosted: [hosted] })
    const one = `/hosted-agents/${hosted.hosted_id}`
    expect((await request(host, 'GET', one)).answer).toEqual(hosted)
    const client = createLocalClient(host.handlers)
    const { agents } = await client.call('listAgents', {})
    expect(await request(host, 'DELETE', one)).toMatchObject({
      status: 200,
      answer: { stopped: hosted.hosted_id },
    })
    expect(agents.map(({ pid }) => isAlive(Number(pid)))).toEqual([false])
    expect(await request(host, 'GET', one)).toMatchObject({ status: 404, code: 'hosted_agent_not_found' })
    expect(await request(host, 'DELETE', one)).toMatchObject({ status: 404 })
    const { runs } = await client.call('listRuns', {})
    expect(runs).toMatchObject([{ run_id: hosted.run_id, status: 'success' }])
    const { events } = await client.call('getRun', { run_id: hosted.run_id })
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'agent.spawning',
      'agent.ready',
      'agent.exited',
      'run.complete',
    ])
    // The port is free again.
    expect(await request(host, 'POST', '/hosted-agents', body)).toMatchObject({ status: 200 })
  })

  it('is refused without a public name, without a manifest, and at a port that is taken', async () => {
    const dataFolder = openDataFolder(temporaryFolder())
    const host = await startHost({ dataFolder, environment })
    const ask = (body: unknown) => request(host, 'POST', '/hosted-agents', body)
    const ref = '_shared/agents/researcher'
    expect(await ask({ ref })).toMatchObject({ status: 400, code: 'public_host_missing' })
    const at = { public_host: 'localhost:1' }
    expect(await ask({ ref: '_shared/agents/nobody', ...at })).toMatchObject({
      status: 404,
      code: 'agent_manifest_not_found',
    })
    const taken = { ref, ...at, port: host.port }
    expect(await ask(taken)).toMatchObject({ status: 409, code: 'port_in_use' })
    expect((await request(host, 'GET', '/hosted-agents')).answer).toEqual({ hosted: [] })
    expect((await request(host, 'GET', '/agents')).answer).toEqual({ agents: [] })
    expect(readdirSync(dataFolder.bootstrap)).toEqual([])
  })

  it('takes its public name from the environment, and is stopped by cancelling its record', async () => {
    const host = await startHost({
      environment: { ...environment, PUBLIC_HOST: 'agents.example', PUBLIC_SCHEME: 'https' },
    })
    const client = createLocalClient(host.handlers)
    const hosted = await client.call('hostAgent', { ref: '_shared/agents/researcher' })
    expect(hosted).toMatchObject({ did: 'did:web:agents.example', origin: 'https://agents.example' })
    const { agents } = await client.call('listAgents', {})
    expect(await client.call('cancelRun', { run_id: hosted.run_id })).toMatchObject({
      status: 'cancelled',
      cancelled: true,
    })
    expect(agents.map(({ pid }) => isAlive(Number(pid)))).toEqual([false])
  })

  it('ends with the console (B-52)', async () => {
    const dataFolder = openDataFolder(temporaryFolder())
    const host = await createHost({ ...testHost(dataFolder), environment })
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('hostAgent', {
      ref: '_shared/agents/researcher',
      public_host: 'localhost:1',
    })
    const { agents } = await client.call('listAgents', {})
    await host.close()
    expect(agents.map(({ pid }) => isAlive(Number(pid)))).toEqual([false])
    const again = await startHost({ dataFolder })
    expect(await createLocalClient(again.handlers).call('getRunStatus', { run_id })).toMatchObject({
      status: 'success',
    })
  })

  it('that ends by itself is told as failed', async () => {
    const { client, hosted } = await organisation('researcher', '127.0.0.1')
    const { agents } = await client.call('listAgents', {})
    process.kill(Number(agents[0]?.pid), 'SIGKILL')
    await expect
      .poll(async () => (await client.call('getRun', { run_id: hosted.run_id })).status, { timeout: 5_000 })
      .toBe('failed')
    expect((await client.call('listHostedAgents', {})).hosted).toEqual([])
  })
})
