import { join } from 'node:path'
import { createLocalClient } from '../../src/main/local-client.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { openHost } from '../support/open-host.ts'
import { runToEnd } from '../support/run-scenario.ts'
import { openTroubled, type Trouble } from '../support/troubled-control-plane.ts'

export interface ControlPlaneCampaign {
  readonly refs: readonly string[]
  readonly troubles: readonly Trouble[]
  /** What one request to the Control Plane may take. */
  readonly timeoutMs: number
  /** An empty folder. */
  readonly folder: string
  readonly tell: (line: string) => void
}

export interface ControlPlaneOutcome {
  readonly runs: number
  /** Runs that ended otherwise than they should, in words. */
  readonly findings: readonly string[]
  /** Runs that took longer than without a Control Plane by more than is allowed, in words. */
  readonly late: readonly string[]
  /** The most that any run took beyond its time without one, in ms. */
  readonly mostExtraMs: number
}

/** Beside one time-out for each process. */
const graceMs = 1_000

/** Every scenario with every trouble; none of it may change how the scenario ends. */
export async function campaignOfTroubles(campaign: ControlPlaneCampaign): Promise<ControlPlaneOutcome> {
  const { refs, troubles, timeoutMs, folder, tell } = campaign
  const controlPlane = await openTroubled(timeoutMs * 1.2)
  const findings: string[] = []
  const late: string[] = []
  let mostExtraMs = 0
  let runs = 0

  /** In a host of its own: each is to find out by itself. */
  async function inHost<Result>(act: (client: ConsoleClient) => Promise<Result>): Promise<Result> {
    const host = await openHost(join(folder, 'home'), {
      environment: {
        PATH: process.env['PATH'],
        CP_BASE_URL: controlPlane.baseUrl,
        CP_API_KEY: controlPlane.apiKey,
        CP_AID: controlPlane.aid,
        CP_TIMEOUT_MS: String(timeoutMs),
      },
    })
    try {
      return await act(createLocalClient(host.handlers))
    } finally {
      await host.close()
    }
  }

  try {
    for (const ref of refs) {
      const without = await inHost((client) => timed(client, ref, 'off'))
      for (const trouble of troubles) {
        controlPlane.become(trouble)
        const { record, ms } = await inHost((client) => timed(client, ref))
        runs += 1
        const extraMs = ms - without.ms
        mostExtraMs = Math.max(mostExtraMs, extraMs)
        const allowedMs = graceMs + (1 + record.agents.length) * timeoutMs
        const name = `${ref}, Control Plane: ${trouble}`
        if (endOf(record) !== endOf(without.record))
          findings.push(`${name}: ${endOf(record)}, and ${endOf(without.record)} without one`)
        if (extraMs > allowedMs)
          late.push(`${name}: ${Math.round(extraMs)} ms longer, ${allowedMs} ms allowed`)
        tell(
          `${name}: ${endOf(record)}, ${Math.round(extraMs)} ms longer, asked ${controlPlane.asked()} times`,
        )
      }
    }
    return { runs, findings, late, mostExtraMs }
  } finally {
    await controlPlane.close()
  }
}

async function timed(client: ConsoleClient, ref: string, cp?: 'off') {
  const begin = performance.now()
  const record = await runToEnd(client, { scenario_ref: ref, ...(cp === undefined ? {} : { cp }) })
  return { record, ms: performance.now() - begin }
}

function endOf({ status, as_expected, error }: RunRecord): string {
  return `${status}${as_expected === false ? ', not as expected' : ''}${error === null ? '' : ` (${error})`}`
}
