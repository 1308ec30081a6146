import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import type { z } from 'zod'
import { InitiateHandshake, Invoke, PutPeers, SelfExecute } from '../../src/shared/admin.ts'
import type { Agent } from './agent.ts'
import { type Capabilities, runCapability } from './capabilities.ts'
import { withFault } from './faults/fault-context.ts'
import { initiateHandshake } from './initiate-handshake.ts'
import { invoke } from './invoke.ts'
import { limits } from './limits.ts'
import { adminRefusalBody, refusalOf, WorkerError } from './refusal.ts'

/** The routes by which the host, and nobody else, asks this agent to act. */
export function adminRoutes(
  agent: Agent,
  capabilities: Capabilities,
  isHost: (request: Request) => boolean,
): Router {
  const router = express.Router()
  router.use('/admin', requireHost(isHost), express.json({ limit: limits.body.admin, inflate: false }))

  const ask =
    <Input extends z.ZodType>(schema: Input, act: (input: z.output<Input>) => Promise<unknown>) =>
    async (request: Request, response: Response) => {
      try {
        const output = await act(parse(schema, request.body))
        await agent.telemetry.flush()
        response.json(output)
      } catch (error) {
        const refusal = refusalOf(error, 502)
        if (refusal.status === 500) console.error(error)
        await agent.telemetry.flush()
        response.status(refusal.status).type('json').send(adminRefusalBody(refusal))
      }
    }

  router.put(
    '/admin/peers',
    ask(PutPeers, async ({ peers }) => {
      agent.peers.replace(peers)
      return { count: peers.length }
    }),
  )
  router.post(
    '/admin/initiate-handshake',
    ask(InitiateHandshake, ({ peer_manifest_url, requested_grants, fault }) =>
      withFault(fault, () => initiateHandshake(agent, peer_manifest_url, requested_grants ?? [])),
    ),
  )
  router.post(
    '/admin/invoke',
    ask(Invoke, ({ fault, ...call }) => withFault(fault, () => invoke(agent, call))),
  )
  router.post(
    '/admin/self-execute',
    ask(SelfExecute, ({ capability, payload }) => {
      agent.telemetry.event({ type: 'capability.self_execute', capability })
      return runCapability(capabilities, capability, { payload: payload ?? null, commissionedBy: null })
    }),
  )
  return router
}

function requireHost(isHost: (request: Request) => boolean) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (isHost(request)) {
      next()
      return
    }
    const message = 'This route is for the host that started this agent.'
    response.status(401).json({ error: { code: 'unauthorized', message }, detail: message })
  }
}

function parse<Input extends z.ZodType>(schema: Input, body: unknown): z.output<Input> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new WorkerError(422, 'invalid_body', `${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}
