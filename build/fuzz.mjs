// `npm run fuzz -- [--seed N] [--count N] [--seconds N]`: mutates every kind of artefact and judges each mutant. It may
// be accepted only if what was signed is unchanged; a crash or a hang is a finding. Ends with 1 when there is one.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { requireNode } from './node-version.mjs'

requireNode()

const defaults = { seed: Date.now() % 2 ** 31, count: 1_000_000, seconds: 1800 }
const { seed, count, seconds } = readOptions(process.argv.slice(2))
const rangeSize = 2_000
/** A range takes well below a second; a verifier that does not come back is ended after this. */
const hangMs = 60_000

const total = { mutants: 0, refused: 0, accepted: 0 }
const findings = []
const end = Date.now() + seconds * 1000
let next = 0
let shown = 0

process.stderr.write(`seed ${seed}, ${count} mutants, at most ${seconds} s\n`)
const crew = Array.from({ length: Math.min(availableParallelism(), 8) }, work)
await Promise.all(crew)

for (const { index, subject, kind, detail, mutant } of findings.slice(0, 20)) {
  console.log(
    `${kind}: mutant ${index} of ${subject}\n  ${detail.split('\n').slice(0, 4).join('\n  ')}\n  ${mutant}`,
  )
}
const timeIsUp = total.mutants < count && findings.every(({ kind }) => kind !== 'hang')
console.log(
  `${total.mutants} mutants: ${total.refused} refused, ${total.accepted} accepted with what was signed unchanged; ` +
    `${findings.length} findings; seed ${seed}${timeIsUp ? `; stopped after ${seconds} s` : ''}`,
)
process.exit(findings.length === 0 ? 0 : 1)

/** Hands one thread range after range. */
function work() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../test/fuzz/worker.ts', import.meta.url))
    let watchdog
    const proceed = () => {
      clearTimeout(watchdog)
      if (next >= count || Date.now() >= end) return void worker.terminate().then(resolve)
      const range = { seed, from: next, to: Math.min(next + rangeSize, count) }
      next = range.to
      watchdog = setTimeout(() => {
        findings.push({ ...hung(range), mutant: '' })
        worker.terminate().then(resolve)
      }, hangMs)
      worker.postMessage(range)
    }
    worker.on('error', reject)
    worker.on('message', ({ tally }) => {
      for (const name of Object.keys(total)) total[name] += tally[name]
      findings.push(...tally.findings)
      tell()
      proceed()
    })
    proceed()
  })
}

function hung({ from, to }) {
  const detail = `one of the mutants ${from} to ${to - 1} did not come back within ${hangMs / 1000} s`
  return { index: from, subject: 'a range', kind: 'hang', detail }
}

function tell() {
  if (Math.floor(total.mutants / 100_000) === shown) return
  shown = Math.floor(total.mutants / 100_000)
  process.stderr.write(`${total.mutants} mutants, ${findings.length} findings\n`)
}

function readOptions(args) {
  const options = { ...defaults }
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at].replace(/^--/, '')
    const value = Number(args[at + 1])
    if (!Object.hasOwn(defaults, name) || !Number.isSafeInteger(value) || value < 0) {
      process.stderr.write('fuzz takes --seed N, --count N and --seconds N.\n')
      process.exit(2)
    }
    options[name] = value
  }
  return options
}
