import { AITP_VERSION, transition } from '../../src/aitp/index.ts'
import { interopDocument } from './document.ts'
import { type FormsOfRelease, probeForms } from './forms.ts'
import { type Judge, startJudge, text } from './judge.ts'
import { type Direction, type Pair, type PairResult, runPair } from './pair.ts'
import { sdkPairs } from './sdk-pairs.ts'
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

export interface InteropSummary {
  readonly peers: readonly PeerAbout[]
  readonly pairs: readonly PairResult[]
  readonly forms: readonly FormsOfRelease[]
}

export interface InteropOutcome {
  readonly summary: InteropSummary
  readonly table: string
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Pairs that failed with a peer of this library's own wire. */
  readonly failed: number
}

/** Meets every peer that could be installed. */
export async function runInterop({ environment, only, note }: InteropInput): Promise<InteropOutcome> {
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
    const judge = startJudge(environment.python, peer.packages)
    try {
      const about = await judge.get(`${peer.kind}.about`)
      const name = `${peer.distribution} ${text(about, 'release')}`
      peers.push({ name, wire: text(about, 'wire_version'), python: text(about, 'python'), why: peer.why })
      if (peer.kind === 'sdk') {
        if (only === '') forms.push(await probeForms(judge))
        pairs.push(...(await meetSdk(judge, name, text(about, 'wire_version'), only)))
      } else {
        pairs.push(...(await meetVerifier(judge, name, only)))
      }
    } finally {
      await judge.close()
    }
  }
  const summary = { peers, pairs, forms }
  const own = new Set(peers.filter(({ wire }) => wire === AITP_VERSION).map(({ name }) => name))
  return {
    summary,
    table: tableOf(summary),
    files: filesOf(summary),
    failed: pairs.filter(({ status, peer }) => status === 'failed' && own.has(peer)).length,
  }
}

async function meetSdk(judge: Judge, peer: string, wire: string, only: string): Promise<PairResult[]> {
  const scene: SdkScene = { peer, wire, judge, compat: transition, ...(await prepareSdk(judge)) }
  const results: PairResult[] = []
  for (const pair of chosen(sdkPairs, peer, only)) results.push(await runPair(peer, pair, scene))
  return results
}

async function meetVerifier(judge: Judge, peer: string, only: string): Promise<PairResult[]> {
  const results: PairResult[] = []
  for (const pair of chosen(verifierPairs, peer, only)) results.push(await runPair(peer, pair, judge))
  return results
}

function chosen<Scene>(pairs: readonly Pair<Scene>[], peer: string, only: string): readonly Pair<Scene>[] {
  return pairs.filter(({ artefact }) => `${peer} ${artefact}`.includes(only))
}

function notMet({ kind }: InstalledPeer, peer: string, reason: string): PairResult[] {
  const all: readonly { artefact: string; direction: Direction }[] = kind === 'sdk' ? sdkPairs : verifierPairs
  return all.map(({ artefact, direction }) => ({
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
    ({ peer, artefact, direction, status, reason }) =>
      `${status.padEnd(13)}  ${peer.padEnd(20)}  ${artefact.padEnd(34)}  ${direction.padEnd(12)}  ${reason.slice(0, 140)}`,
  )
  const count = (wanted: PairResult['status']) => pairs.filter(({ status }) => status === wanted).length
  const total = `${count('passed')} passed, ${count('failed')} failed, ${count('not exercised')} not exercised`
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
