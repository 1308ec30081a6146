import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { contract, ScenarioDetail } from '../../src/shared/contract.ts'
import { ExchangeDetail } from '../../src/shared/exchange.ts'
import { RunRecord } from '../../src/shared/run.ts'

/** A run as a host recorded it, and the captures of its exchanges. */
export interface Recording {
  readonly run: RunRecord
  readonly exchanges: readonly ExchangeDetail[]
}

export const packs = read('packs', contract.listPacks.output)
export const scenarios = read('scenarios', contract.listScenarios.output)
export const scenarioDetails = read('scenario-details', z.array(ScenarioDetail))

/** Two handshakes and a call through the gate, all accepted. */
export const accepted = recording('accepted')
/** The same until the manifest of the writer, which shows another AID than the one pinned for it. */
export const refused = recording('refused')

/** A moment soon after the recording, while its tokens are valid. */
export const soonAfter = new Date((refused.run.created_at + 60) * 1_000)

function recording(name: string): Recording {
  return {
    run: read(`${name}-run`, RunRecord),
    exchanges: read(`${name}-exchanges`, z.array(ExchangeDetail)),
  }
}

function read<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> {
  const file = fileURLToPath(new URL(`../fixtures/recorded-run/${name}.json`, import.meta.url))
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
}
