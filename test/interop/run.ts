import { AITP_VERSION, type Compat, transition } from '../../src/aitp/index.ts'
import { interopDocument } from './document.ts'
import { type FormsOfRelease, probeForms } from './forms.ts'
import { type Judge, startJudge, text } from './judge.ts'
import { knownCause } from './known.ts'
import { type LiveScene, livePairs } from './live.ts'
import { type Direction, type Pair, type PairResult, runPair } from './pair.ts'
import { scenarioPairs } from './scenario-pairs.ts'
import { mintForSdk, sdkIdentityPairs } from './sdk-identity-pairs.ts'
import { sdkPairs } from './sdk-pairs.ts'
import { sdkSessionPairs } from './sdk-session-pairs.ts'
import { sdkTokenPairs } from './sdk-token-pairs.ts'
import { prepareSdk, type SdkScene } from './side.ts'
import { verifierPairs } from './verifier-pairs.ts'

export interface InstalledPeer {
  readonly kind: 'sdk' | 'verifier'
  readonly distribution: string
  readonly release: string
  /** Why this release is among the peers. */
  readonly why: string
  readonly packages: string
  /** Why it could not be installed. */
  readonly problem: string | null
}

export interface Environment {
  /** Why no peer is at hand, `null` when one is. */
  readonly reason: string | null
  readonly python: string
  readonly peers: readonly InstalledPeer[]
  /** The worker in `examples/python-worker`. */
  readonly worker: ExampleWorker
}

/** A Python with what the example worker requires. */
export interface ExampleWorker {
  readonly name: string
  readonly wire: string
  readonly pythonVersion: string
  readonly python: string
  /** Why it is not at hand. */
  readonly problem: string | null
}

export interface InteropInput {
  readonly root: string
  readonly environment: Environment
  readonly only: string
  readonly note: (line: string) => void
}

export interface PeerAbout {
  readonly name: string
  readonly wire: string
  readonly python: string
  readonly why: string
}

/** A result with the cause of a failure that was to be expected. */
export type ExplainedResult = PairResult & { readonly known: string | null }

export interface InteropSummary {
  readonly peers: readonly PeerAbout[]
  readonly pairs: readonly ExplainedResult[]
  readonly forms: readonly FormsOfRelease[]
}

export interface InteropOutcome {
  readonly summary: InteropSummary
  readonly table: string
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Pairs that failed for no known cause. */
  readonly failed: number
}

const allSdkPairs: readonly Pair<SdkScene>[] = [
  ...sdkPairs,
  ...sdkIdentityPairs,
  ...sdkTokenPairs,
  ...sdkSessionPairs,
]

/** Meets every peer that could be installed. */
export async function runInterop({ root, environment, only, note }: InteropInput): Promise<InteropOutcome> {
  const peers: PeerAbout[] = []
  const pairs: PairResult[] = []
  const forms: FormsOfRelease[] = []
  for (const peer of environment.peers) {
    const wanted = `${peer.distribution} ${peer.release}`
    const reason = environment.reason ?? peer.problem
    if (reason !== null) {
      pairs.push(...notMet(peer, wanted, reason))
      continue
    }
    note(`Meeting ${wanted}.`)
    const judge = startJudge(environment.python, peer.packages, mintForSdk)
    try {
      const about = await judge.get(`${peer.kind}.about`)
      const name = `${peer.distribution} ${text(about, 'release')}`
      peers.push({ name, wire: text(about, 'wire_version'), python: text(about, 'python'), why: peer.why })
      if (peer.kind === 'sdk') {
        const found = await probeForms(judge)
        forms.push(found)
        pairs.push(...(await meetSdk(judge, name, found, only)))
        const live: LiveScene = {
          root,
          python: environment.python,
          packages: peer.packages,
          compat: compatFor(found),
        }
        for (const pair of chosen(livePairs, name, only)) pairs.push(await runPair(name, pair, live))
      } else {
        peers.push(toldPeer(name, text(about, 'python')))
        pairs.push(...(await meetVerifier(judge, name, text(about, 'wire_version'), only)))
      }
    } finally {
      await judge.close()
    }
  }
  pairs.push(...(await runScenarios(root, environment.worker, only, note)))
  if (environment.worker.problem === null) peers.push(workerPeer(environment.worker))
  const wireOf = new Map(peers.map(({ name, wire }) => [name, wire]))
  const explained = pairs.map((pair) => ({
    ...pair,
    known: knownCause(pair, wireOf.get(pair.peer) ?? AITP_VERSION),
  }))
  const summary = { peers, pairs: explained, forms }
  return {
    summary,
    table: tableOf(summary),
    files: filesOf(summary),
    failed: explained.filter(({ status, known }) => status === 'failed' && known === null).length,
  }
}

function workerPeer({ name, wire, pythonVersion }: ExampleWorker): PeerAbout {
  return { name, wire, python: pythonVersion, why: 'an agent of whole scenarios, run by the console itself' }
}

async function runScenarios(
  root: string,
  { name, python, problem }: ExampleWorker,
  only: string,
  note: (line: string) => void,
): Promise<PairResult[]> {
  if (problem !== null) return notExercised(name, scenarioPairs, problem)
  note(`Running scenarios with ${name}.`)
  const results: PairResult[] = []
  for (const pair of chosen(scenarioPairs, name, only)) {
    results.push(await runPair(name, pair, { root, python }))
  }
  return results
}

async function meetSdk(
  judge: Judge,
  peer: string,
  forms: FormsOfRelease,
  only: string,
): Promise<PairResult[]> {
  const scene: SdkScene = {
    peer,
    wire: forms.wire,
    judge,
    compat: compatFor(forms),
    ...(await prepareSdk(judge)),
  }
  const results: PairResult[] = []
  for (const pair of chosen(allSdkPairs, peer, only)) results.push(await runPair(peer, pair, scene))
  return results
}

/** What a release needs: the older forms are sent only to one that was seen to emit them. */
function compatFor({ rows }: FormsOfRelease): Compat {
  const emits = (id: string) => rows.find((row) => row.id === id)?.emits ?? ''
  return {
    ...transition,
    ...(emits('pinned_timestamp') === 'binary' ? { emitBinaryPinnedTimestamp: true } : {}),
    ...(emits('revocation_input') === 'wrapped' ? { emitWrappedRevocation: true } : {}),
    ...(emits('bundle_input').startsWith('wrapped') ? { emitWrappedBundle: true } : {}),
    ...(emits('p256_digest') === 'prehashed' ? { emitPrehashedP256: true } : {}),
  }
}

/** Once as published, once with the version value set to ours, as most rules are the same in both. */
async function meetVerifier(judge: Judge, peer: string, wire: string, only: string): Promise<PairResult[]> {
  const results: PairResult[] = []
  for (const pair of chosen(verifierPairs, peer, only)) {
    results.push(await runPair(peer, pair, { judge, wire, told: false }))
  }
  if (wire === AITP_VERSION) return results
  await judge.get('verifier.assume_version', { version: AITP_VERSION })
  for (const pair of chosen(verifierPairs, peer, only)) {
    results.push(await runPair(toldName(peer), pair, { judge, wire: AITP_VERSION, told: true }))
  }
  return results
}

function toldName(peer: string): string {
  return `${peer} told ${AITP_VERSION}`
}

function toldPeer(name: string, python: string): PeerAbout {
  return {
    name: toldName(name),
    wire: AITP_VERSION,
    python,
    why: 'the same with its constants of the version set to ours, nothing else changed',
  }
}

function chosen<Scene>(pairs: readonly Pair<Scene>[], peer: string, only: string): readonly Pair<Scene>[] {
  return pairs.filter(({ artefact }) => `${peer} ${artefact}`.includes(only))
}

function notMet({ kind }: InstalledPeer, peer: string, reason: string): PairResult[] {
  const all: readonly { artefact: string; direction: Direction }[] =
    kind === 'sdk' ? [...allSdkPairs, ...livePairs] : verifierPairs
  return notExercised(peer, all, reason)
}

function notExercised(
  peer: string,
  pairs: readonly { readonly artefact: string; readonly direction: Direction }[],
  reason: string,
): PairResult[] {
  return pairs.map(({ artefact, direction }) => ({
    peer,
    artefact,
    direction,
    status: 'not exercised',
    reason,
    bytes: {},
  }))
}

function tableOf({ pairs }: InteropSummary): string {
  const lines = pairs.map(
    ({ peer, artefact, direction, status, reason, known }) =>
      `${status.padEnd(13)}  ${peer.padEnd(33)}  ${artefact.padEnd(38)}  ${direction.padEnd(12)}  ${known === null ? '' : `known: ${known}. `}${reason.slice(0, 140)}`,
  )
  const count = (wanted: PairResult['status']) => pairs.filter(({ status }) => status === wanted).length
  const expected = pairs.filter(({ known }) => known !== null).length
  const total = `${count('passed')} passed, ${count('failed')} failed (${expected} of them for a known cause), ${count('not exercised')} not exercised`
  return [...lines, total].join('\n')
}

/** One file of vectors a release, and the document. */
function filesOf(summary: InteropSummary): InteropOutcome['files'] {
  const vectors = summary.forms.map((found) => ({
    path: `test/vectors/sdk/${found.release}.json`,
    text: `${JSON.stringify({ how, ...found, exchanged: exchangedWith(summary, found.release) }, null, 1)}\n`,
  }))
  return [...vectors, { path: 'docs/interop.md', text: interopDocument(summary) }]
}

const how =
  'Recorded by `node build/interop.mjs --write` from the package aitp-sdk of this release as published on PyPI. Keys come from the seeds below; random bytes of this library from sha256 of a label and a count; times are the clock of the recording, and random values of the SDK are its own.'

/** What was exchanged with one release, so that it can be verified again without it. */
function exchangedWith({ pairs }: InteropSummary, release: string) {
  return pairs
    .filter(({ peer }) => peer === `aitp-sdk ${release}`)
    .map(({ artefact, direction, status, reason, bytes }) => ({ artefact, direction, status, reason, bytes }))
}
