import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Compat } from '../../src/aitp/index.ts'
import { writeBootstrapFile } from '../../src/main/hosting/bootstrap-file.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import { capability, claimsOf, seedOf } from './craft.ts'
import { issuer } from './form-scene.ts'
import { createIssuer } from './issuer.ts'
import { isRecord, text } from './judge.ts'
import { type NodePeer, startMint, startNodePeer } from './node-peer.ts'
import { expectSame, NotExercised, type Pair } from './pair.ts'
import { keyOf } from './sdk-identity-pairs.ts'
import { offered } from './side.ts'

/** What a live meeting needs: where the built worker is, and a Python with a release of the SDK. */
export interface LiveScene {
  readonly root: string
  readonly python: string
  readonly packages: string
  /** What the release needs of the older forms. The worker has no such switch. */
  readonly compat: Compat
}

interface Started {
  readonly aid: string
  readonly port: number
  stop(): Promise<void>
}

const startLimitMs = 15_000
const workerCapability = 'research.query'
const pythonCapability = 'python.demo.v1'
const agentScript = fileURLToPath(new URL('python_agent.py', import.meta.url))

/** Over real HTTP on loopback, with the worker that the product ships. */
export const livePairs: readonly Pair<LiveScene>[] = [
  {
    artefact: 'live handshake and call, pinned keys',
    direction: 'ours to peer',
    run: (scene, evidence) =>
      withBoth(scene, async (worker, agent) => {
        const done = await worker.admin('POST', '/admin/initiate-handshake', {
          peer_manifest_url: agent.manifestUrl,
          requested_grants: [pythonCapability],
        })
        evidence.keep('handshake', done)
        expectSame('the peer', text(done, 'peer_aid'), agent.aid)
        const answer = await worker.admin('POST', '/admin/invoke', {
          peer_aid: agent.aid,
          capability: pythonCapability,
          payload: { topic: 'interop' },
        })
        expectSame('the caller the agent saw', text(evidence.keep('call', answer), 'caller'), worker.aid)
        const held = await agent.control('/control/held', {})
        expectSame('the issuer of what the agent holds', claimsOf(text(held, 'tct'))['iss'], worker.aid)
        return 'our worker shook hands with the agent on the SDK and called its capability'
      }),
  },
  {
    artefact: 'live handshake and call, pinned keys',
    direction: 'peer to ours',
    run: (scene, evidence) =>
      withBoth(scene, async (worker, agent) => {
        const done = await agent.control('/control/handshake', {
          manifest_url: worker.manifestUrl,
          grants: [workerCapability],
        })
        const tct = text(evidence.keep('handshake', done), 'tct')
        expectSame('the issuer', claimsOf(tct)['iss'], worker.aid)
        const url = `http://127.0.0.1:${worker.port}/capabilities/${workerCapability}`
        const answer = await agent.control('/control/call', { url, tct, body: { topic: 'interop' } })
        expectSame('the status of the call', isRecord(answer) ? answer['status'] : answer, 200)
        return 'the agent on the SDK shook hands with our worker and called its capability'
      }),
  },
  ...(['ed25519', 'p256'] as const).flatMap((suite): readonly Pair<LiveScene>[] => [
    {
      artefact: `live handshake, OIDC, ${suite}`,
      direction: 'ours to peer',
      run: (scene, evidence) =>
        withOidc(scene, suite, async (peer, agent) => {
          const { held } = await peer.initiate(agent.manifestUrl, [pythonCapability])
          evidence.keep('tct', held.token)
          expectSame('the issuer', held.claims.iss, agent.aid)
          return 'a Node peer on src/aitp shook hands with the agent on the SDK'
        }),
    },
    {
      artefact: `live handshake, OIDC, ${suite}`,
      direction: 'peer to ours',
      run: (scene, evidence) =>
        withOidc(scene, suite, async (peer, agent) => {
          const done = await agent.control('/control/handshake', {
            manifest_url: `${peer.origin}/.well-known/aitp-manifest`,
            grants: [capability],
          })
          const tct = text(evidence.keep('handshake', done), 'tct')
          expectSame('the issuer', claimsOf(tct)['iss'], peer.aid)
          expectSame('what the Node peer holds is of', peer.received()?.held.claims.iss, agent.aid)
          return 'the agent on the SDK shook hands with a Node peer on src/aitp'
        }),
    },
  ]),
]

/** The worker knows pinned keys only, so OIDC is met by a small peer of the test on the same library. */
async function withOidc(
  scene: LiveScene,
  suite: 'ed25519' | 'p256',
  act: (peer: NodePeer, agent: PythonAgent) => Promise<string>,
): Promise<string> {
  offered('verifyIdentityToken')
  const authority = createIssuer(issuer, 'ES256')
  const peer = await startNodePeer(keyOf(suite, scene.compat), authority, scene.compat, [pythonCapability])
  const mint = await startMint(authority)
  try {
    const agent = await startPythonAgent(scene, {
      seed: seedOf(`python agent ${suite}`).toString('hex'),
      suite,
      name: 'interop-python',
      offered: [pythonCapability],
      issuer,
      mint_url: mint.url,
    })
    try {
      await agent.control('/control/pins', { jwks: { [issuer]: authority.jwks }, anchors: [issuer] })
      return await act(peer, agent)
    } finally {
      await agent.stop()
    }
  } finally {
    await mint.close()
    await peer.close()
  }
}

interface OurWorker extends Started {
  readonly manifestUrl: string
  admin(method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown>
}

interface PythonAgent extends Started {
  readonly manifestUrl: string
  control(path: string, body: unknown): Promise<unknown>
}

async function withBoth(
  scene: LiveScene,
  act: (worker: OurWorker, agent: PythonAgent) => Promise<string>,
): Promise<string> {
  const worker = await startWorker(scene)
  try {
    const agent = await startPythonAgent(scene, {
      seed: seedOf('python agent').toString('hex'),
      name: 'interop-python',
      offered: [pythonCapability],
    })
    try {
      await worker.admin('PUT', '/admin/peers', {
        peers: [{ agent_id: 'python', aid: agent.aid, manifest_url: agent.manifestUrl, did: null }],
      })
      await agent.control('/control/pins', { aids: [worker.aid] })
      return await act(worker, agent)
    } finally {
      await agent.stop()
    }
  } finally {
    await worker.stop()
  }
}

async function startWorker({ root }: LiveScene): Promise<OurWorker> {
  const file = join(root, 'out', 'agents', 'researcher.cjs')
  if (!existsSync(file)) throw new NotExercised('the worker is not built; run `npm run build`')
  const folder = mkdtempSync(join(tmpdir(), 'aitp-interop-'))
  const sink = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('{"ok":true}'))
  })
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const secrets = { admin: randomBytes(32).toString('hex'), telemetry: randomBytes(32).toString('hex') }
  const bootstrap: BootstrapFile = {
    run_id: randomUUID(),
    agent_id: 'researcher',
    port: 0,
    aitp: {
      seed_hex: seedOf('worker').toString('hex'),
      display_name: 'researcher',
      offered_caps: [workerCapability],
      ttl_secs: 3600,
      signing_suite: 'ed25519',
      identity_type: 'pinned_key',
    },
    playground: {
      telemetry_url: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/internal/telemetry`,
      run_id: 'interop',
    },
    secrets,
    inputs: { topic: 'interoperability' },
  }
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], AITP_BOOTSTRAP_FILE: writeBootstrapFile(folder, bootstrap) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const clean = () => {
    sink.closeAllConnections()
    sink.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const started = await ready(child, 'AITP_AGENT_READY')
    return {
      ...started,
      manifestUrl: manifestUrl(started.port),
      admin: (method, path, body) =>
        ask(method, `http://127.0.0.1:${started.port}${path}`, body, {
          authorization: `Bearer ${secrets.admin}`,
        }),
      stop: () => started.stop().finally(clean),
    }
  } catch (error) {
    clean()
    throw error
  }
}

async function startPythonAgent(
  { python, packages }: LiveScene,
  config: Readonly<Record<string, unknown>>,
): Promise<PythonAgent> {
  const child = spawn(python, ['-u', agentScript], {
    env: { PATH: process.env['PATH'], PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.write(`${JSON.stringify(config)}\n`)
  const started = await ready(child, 'PYTHON_AGENT_READY')
  return {
    ...started,
    manifestUrl: manifestUrl(started.port),
    control: (path, body) => ask('POST', `http://127.0.0.1:${started.port}${path}`, body),
  }
}

function manifestUrl(port: number): string {
  return `http://127.0.0.1:${port}/.well-known/aitp-manifest`
}

/** Waits for the line by which a process says that it listens. Closing its input ends it. */
async function ready(child: ChildProcess, word: string): Promise<Started> {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new TypeError('no pipes')
  let noise = ''
  stderr.setEncoding('utf8').on('data', (more: string) => {
    noise = (noise + more).slice(-2_000)
  })
  const ended = once(child, 'close')
  const timer = setTimeout(() => child.kill(), startLimitMs)
  try {
    const line = await firstLine(stdout, word)
    if (line === null) throw new Error(`${word} never came: ${noise.trim()}`)
    const [, aid = '', port = ''] = /aid=(\S+) port=(\d+)/.exec(line) ?? []
    const stop = async () => {
      stdin.end()
      await ended
    }
    return { aid, port: Number(port), stop }
  } finally {
    clearTimeout(timer)
  }
}

async function firstLine(stdout: Readable, word: string): Promise<string | null> {
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith(word)) {
      stdout.resume()
      return line
    }
  }
  return null
}

async function ask(
  method: string,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  const answer = await response.text()
  if (!response.ok)
    throw new Error(`${new URL(url).pathname} answered ${response.status}: ${answer.slice(0, 400)}`)
  return JSON.parse(answer)
}
