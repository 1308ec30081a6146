import express, { type Request, type Response, type Router } from 'express'
import type { StageFact } from '../../../src/shared/gate.ts'
import type { Agent } from '../agent.ts'
import { type Capabilities, runCapability } from '../capabilities.ts'
import { Inbound } from '../inbound.ts'
import { peerRefusalBody, refusalOf } from '../refusal.ts'
import { decide, type GateVerdict } from './decide.ts'
import { skipped, startStage } from './stages.ts'

/** Above the gate's own limit, so that the gate decides and says so; beyond this nothing is read at all. */
const largestBody = 256 * 1024

/** `POST /capabilities/{name}`: every call passes the gate, and leaves two events that say how. */
export function capabilityRoutes(agent: Agent, capabilities: Capabilities): Router {
  const router = express.Router()
  let running = 0
  router.use('/capabilities', express.raw({ type: () => true, limit: largestBody, inflate: false }))
  router.post('/capabilities/:name', async (request: Request<{ name: string }>, response: Response) => {
    const inbound = new Inbound(agent, 'capability', request, response)
    const capability = request.params.name
    const verdict = decide(agent, {
      capability,
      token: request.header('x-aitp-tct') ?? '',
      bytes: Buffer.byteLength(inbound.text),
      running,
    })
    agent.telemetry.event(decided(capability, verdict), inbound.exchangeId)
    if (verdict.refusal || verdict.caller === null) {
      const { status = 500, ...refusal } = verdict.refusal ?? refusalOf(new TypeError('no caller'), 500)
      await inbound.answer({ status, text: peerRefusalBody({ status, ...refusal }), report: verdict.report })
      return
    }
    running += 1
    try {
      await carryOut(agent, capabilities, inbound, {
        capability,
        caller: verdict.caller,
        report: verdict.report,
      })
    } finally {
      running -= 1
    }
  })
  return router
}

function decided(capability: string, { stages, caller, refusal }: GateVerdict) {
  return {
    type: 'gate.decided' as const,
    capability,
    caller_aid: caller,
    decision: refusal === null ? ('allowed' as const) : ('refused' as const),
    code: refusal?.code ?? null,
    stages,
  }
}

interface Admitted {
  readonly capability: string
  readonly caller: string
  readonly report: GateVerdict['report']
}

/** Stages 7 to 9. */
async function carryOut(
  agent: Agent,
  capabilities: Capabilities,
  inbound: Inbound,
  { capability, caller, report }: Admitted,
): Promise<void> {
  const end = startStage('execute')
  let execute: StageFact
  let status: number
  let text: string
  try {
    const result = await runCapability(capabilities, capability, {
      payload: payloadOf(inbound.text),
      commissionedBy: caller,
    })
    execute = end('passed', `${capability} ran`)
    status = 200
    text = JSON.stringify(result)
  } catch (error) {
    const refusal = refusalOf(error, 500)
    if (refusal.status === 500) console.error(error)
    execute = end('refused', `${refusal.code}: ${refusal.message}`)
    status = refusal.status
    text = JSON.stringify({
      error: { code: refusal.code, message: refusal.message },
      detail: refusal.message,
    })
  }
  agent.telemetry.event(
    {
      type: 'capability.invoked',
      capability,
      caller_aid: caller,
      status,
      stages: [
        execute,
        skipped('receipt', 'this version signs no receipts'),
        skipped('audit', 'this version keeps no audit log'),
      ],
    },
    inbound.exchangeId,
  )
  await inbound.answer({ status, text, report, peerAid: caller })
}

/** JSON where it is JSON, else the text; nothing is `null`. */
function payloadOf(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
