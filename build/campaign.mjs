// `npm run campaign -- NAME [--seed N] [--count N]`: a long campaign in full; `npm test` runs a sample of each. Ends
// with 1 when there is a finding.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { requireNode } from './node-version.mjs'

requireNode()

const campaigns = { runs, streams, kills, troubles, mutants }
/** Growth of the heap that is no finding. */
const tolerance = 0.1
const [name = '', ...args] = process.argv.slice(2)
const campaign = Object.hasOwn(campaigns, name) ? campaigns[name] : null
if (campaign === null) {
  refuse(`There is no campaign "${name}"; there are ${Object.keys(campaigns).join(', ')}.`)
}
await campaign(args)

/** One host, run after run: nothing of a run may be left when it has ended. */
async function runs(args) {
  const { seed, count } = readOptions(args, { seed: Date.now() % 2 ** 31, count: 200 })
  await ensureBuilt()
  const { campaignOfRuns, warmRuns } = await import('../test/campaign/runs.ts')
  await inFolder(async (folder, tell) => {
    tell(`seed ${seed}, ${count} runs`)
    const { ended, findings, heap } = await campaignOfRuns({ seed, count, folder, tell })
    const growth = heap.end / heap.warm - 1
    const grown = count > 2 * warmRuns && growth > tolerance
    for (const finding of findings) console.log(finding)
    console.log(`${count} runs: ${wordsOf(ended)}; ${findings.length} findings; seed ${seed}`)
    console.log(
      `heap in use: ${megabytes(heap.warm)} after run ${Math.min(warmRuns, Math.ceil(count / 2))}, ` +
        `${megabytes(heap.end)} at the end, ${(growth * 100).toFixed(1)} %${grown ? `, more than ${tolerance * 100} %` : ''}`,
    )
    process.exitCode = findings.length === 0 && !grown ? 0 : 1
  })
}

/** One run, a thousand subscribers: whatever happens to them, each ends with the same events. */
async function streams(args) {
  const { seed, count } = readOptions(args, { seed: Date.now() % 2 ** 31, count: 1_000 })
  const { campaignOfStreams } = await import('../test/campaign/streams.ts')
  const slow = Math.ceil(count / 10)
  const reconnecting = Math.ceil(count / 100)
  await inFolder(async (folder, tell) => {
    tell(`seed ${seed}, ${count} subscribers, ${slow} of them slow, ${reconnecting} leaving at random`)
    const file = join(folder, 'console.db')
    const begin = performance.now()
    const outcome = await campaignOfStreams({ seed, count, slow, reconnecting, file, tell })
    const { events, findings, cutOff, left } = outcome
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1)
    for (const finding of findings) console.log(finding)
    console.log(
      `${count} subscribers of ${events} events in ${seconds} s: ${cutOff} cut off as slow, ${left} left and came back; ` +
        `${findings.length} findings; seed ${seed}`,
    )
    process.exitCode = findings.length === 0 ? 0 : 1
  })
}

/** A host that is killed again and again while runs go on: what it had told anybody is there afterwards. */
async function kills(args) {
  const { seed, count } = readOptions(args, { seed: Date.now() % 2 ** 31, count: 200 })
  await ensureBuilt()
  const { campaignOfKills } = await import('../test/campaign/kills.ts')
  await inFolder(async (folder, tell) => {
    tell(`seed ${seed}, ${count} kills`)
    const { runs: known, events, statuses, findings } = await campaignOfKills({ seed, count, folder, tell })
    for (const finding of findings) console.log(finding)
    console.log(
      `${count} kills: ${known} runs (${wordsOf(statuses)}), ${events} events seen before; ` +
        `${findings.length} findings; seed ${seed}`,
    )
    process.exitCode = findings.length === 0 ? 0 : 1
  })
}

/** Every scenario with a Control Plane in every kind of trouble: none of it may change how the scenario ends. */
async function troubles(args) {
  const { timeout } = readOptions(args, { timeout: 500 })
  await ensureBuilt()
  const { campaignOfTroubles } = await import('../test/campaign/control-plane.ts')
  const { troubles: every } = await import('../test/support/troubled-control-plane.ts')
  const { loadRegistry } = await import('../src/main/registry/index.ts')
  const { shippedScenarios } = await import('../test/support/repository.ts')
  const refs = loadRegistry(shippedScenarios).scenarios.map(({ ref }) => ref)
  await inFolder(async (folder, tell) => {
    const outcome = await campaignOfTroubles({ refs, troubles: every, timeoutMs: timeout, folder, tell })
    const { runs: count, findings, late, mostExtraMs } = outcome
    for (const finding of [...findings, ...late]) console.log(finding)
    console.log(
      `${count} runs of ${refs.length} scenarios: ${findings.length} ended otherwise, ${late.length} took too long; ` +
        `at most ${Math.round(mostExtraMs)} ms longer than without, with a time limit of ${timeout} ms`,
    )
    process.exitCode = findings.length + late.length === 0 ? 0 : 1
  })
}

/** Mutated artefacts, each judged: the same as `npm run fuzz`. */
async function mutants(args) {
  process.argv = [process.execPath, 'fuzz', ...args]
  await import('./fuzz.mjs')
}

/** In a folder of its own, gone afterwards. */
async function inFolder(act) {
  const folder = mkdtempSync(join(tmpdir(), 'aitp-console-campaign-'))
  try {
    await act(folder, (line) => process.stderr.write(`${line}\n`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wordsOf(counts) {
  return Object.entries(counts)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ')
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

function readOptions(args, defaults) {
  const options = { ...defaults }
  for (let at = 0; at < args.length; at += 2) {
    const option = args[at].replace(/^--/, '')
    const value = Number(args[at + 1])
    if (!Object.hasOwn(defaults, option) || !Number.isSafeInteger(value) || value < 0) {
      refuse(
        `${name} takes ${Object.keys(defaults)
          .map((known) => `--${known} N`)
          .join(' and ')}.`,
      )
    }
    options[option] = value
  }
  return options
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}
