import { parentPort } from 'node:worker_threads'
import { type Range, runRange } from './campaign.ts'

// One range at a time, so that whoever waits can tell a slow range from a mutant that never ends.
parentPort?.on('message', (range: Range) => parentPort?.postMessage({ range, tally: runRange(range) }))
