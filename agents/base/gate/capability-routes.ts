import express, { type Request, type Response, type Router } from 'express'
import { popHeaders } from '../../../src/aitp/index.ts'
import type { StageFact } from '../../../src/shared/gate.ts'
import type { Agent } from '../agent.ts'
import { type Capabilities, runCapability } from '../capabilities.ts'
import { Inbound } from '../inbound.ts'
import { limits } from '../limits.ts'
import { peerRefusalBody, refusalOf } from '../refusal.ts'
import { decide, type GateVerdict } from './decide.ts'
import { nestingOf, payloadOf } from './payload.ts'
import { requirementOf } from './required-grant.ts'
import { skipped, startStage } from './stages.ts'

/** `POST /capabilities/{name}`: every call passes the gate, and leaves two events that say how. */
export function capabilityRoutes(agent: Agent, capabilities: Capabilities): Router {
  const router = express.Router()
  let running = 0
  router.use(
    '/capabilities',
    express.raw({ type: () => true, limit: limits.body.capability, inflate: false }),
  )
  router.post('/capabilities/:name', async (request: Request<{ name: string }>, response: Response) => {
    const inbound = new Inbound(agent, 'capability', request, response)
    const requirement = requirementOf(agent, request.params.name)
    const { capability } = requirement
    const payload = payloadOf(inbound.text)
    const verdict = decide(agent, {
      requirement,
      token: request.header('x-aitp-tct') ?? '',
      proof: request.header(popHeaders.response),
      bytes: Buffer.byteLength(inbound.text),
      nesting: typeof payload === 'object' ? nestingOf(inbound.text) : 0,
      running,
    })
    agent.telemetry.event(decided(capability, verdict), inbound.exchangeId)
    if (verdict.refusal || verdict.caller === null) {
      const refusal = verdict.refusal ?? refusalOf(new TypeError('no caller'), 500)
      const { headers, report } = verdict
      await inbound.answer({ status: refusal.status, text: peerRefusalBody(refusal), headers, report })
      return
    }
    running += 1
    try {
      await carryOut(agent, capabilities, inbound, {
        capability,
        payload,
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
    decision: decisionOf(stages),
    code: refusal?.code ?? null,
    check: refusal?.check ?? null,
    stages,
  }
}

function decisionOf(stages: readonly StageFact[]): 'allowed' | 'refused' | 'challenged' {
  const stopped = stages.find(({ decision }) => decision === 'refused' || decision === 'challenged')
  if (stopped === undefined) return 'allowed'
  return stopped.decision === 'challenged' ? 'challenged' : 'refused'
}

interface Admitted {
  readonly capability: string
  readonly payload: unknown
  readonly caller: string
  readonly report: GateVerdict['report']
}

/** Stages 7 to 9. */
async function carryOut(
  agent: Agent,
  capabilities: Capabilities,
  inbound: Inbound,
  { capability, payload, caller, report }: Admitted,
): Promise<void> {
  const end = startStage('execute')
  let execute: StageFact
  let status: number
  let text: string
  try {
    const result = await runCapability(capabilities, capability, {
      payload,
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
