import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RunRecord } from '../../src/shared/run.ts'

/** Runs of shipped scenarios as a host recorded them, for what only their logs are needed. */
export const delegationChain = read('delegation-chain')
export const delegationMultihop = read('delegation-multihop')
export const tctRenewal = read('tct-renewal')
export const keyRotation = read('key-rotation')
export const revocationDemo = read('revocation-demo')

function read(name: string): RunRecord {
  const file = fileURLToPath(new URL(`../fixtures/recorded-run/${name}-run.json`, import.meta.url))
  return RunRecord.parse(JSON.parse(readFileSync(file, 'utf8')))
}
