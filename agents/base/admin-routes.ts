import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import {
  Delegate,
  EnrollWithCp,
  ExportSessionBundle,
  type HeldTct,
  InitiateHandshake,
  Invoke,
  PutPeers,
  RedeemDelegation,
  RefreshRevocations,
  RenewTct,
  RevokeTct,
  RotateKeys,
  SelfExecute,
  VerifySessionBundle,
} from '../../src/shared/admin.ts'
import { controlPlaneHeader } from '../../src/shared/header-fields.ts'
import type { Agent } from './agent.ts'
import { type Capabilities, runCapability } from './capabilities.ts'
import { keepEnrolled } from './control-plane/keep-enrolled.ts'
import { delegate } from './delegation/delegate.ts'
import { redeemDelegation } from './delegation/redeem-delegation.ts'
import { withFault } from './faults/fault-context.ts'
import { requireHeld } from './held-tokens.ts'
import { initiateHandshake } from './initiate-handshake.ts'
import { invoke } from './invoke.ts'
import { limits } from './limits.ts'
import { adminRefusalBody, refusalOf, WorkerError } from './refusal.ts'
import { renewTct } from './renewal/renew-tct.ts'
import { rotateKeys } from './rotate-keys.ts'
import { exportSessionBundle } from './session-bundle/export-bundle.ts'
import { verifySessionBundle } from './session-bundle/verify-bundle.ts'

/** The routes by which the host, and nobody else, asks this agent to act. */
export function adminRoutes(
  agent: Agent,
  capabilities: Capabilities,
  isHost: (request: Request) => boolean,
): Router {
  const router = express.Router()
  router.use('/admin', requireHost(isHost), express.json({ limit: limits.body.admin, inflate: false }))
  router.use('/admin', (request, _response, next) => {
    if (request.headers[controlPlaneHeader] === 'away') agent.controlPlane?.takeAsAway()
    next()
  })

  const ask =
    <Input extends z.ZodType>(schema: Input, work: (input: z.output<Input>) => Promise<unknown> | unknown) =>
    async (request: Request, response: Response) => {
      try {
        const output = await work(parse(schema, request.method === 'GET' ? request.query : request.body))
        await agent.telemetry.flush()
        response.json(output)
      } catch (error) {
        const refusal = refusalOf(error, 502)
        if (refusal.status === 500) console.error(error)
        await agent.telemetry.flush()
        response.status(refusal.status).type('json').send(adminRefusalBody(refusal))
      }
    }

  const act = <Input extends z.ZodType>(
    path: string,
    schema: Input,
    work: (input: z.output<Input>) => Promise<unknown> | unknown,
  ) => router.post(`/admin/${path}`, ask(schema, work))

  router.put(
    '/admin/peers',
    ask(PutPeers, ({ peers }) => {
      agent.peers.replace(peers)
      return { count: peers.length }
    }),
  )
  act('initiate-handshake', InitiateHandshake, ({ fault, ...wanted }) =>
    withFault(fault, () => initiateHandshake(agent, wanted)),
  )
  act('invoke', Invoke, ({ fault, ...call }) => withFault(fault, () => invoke(agent, call)))
  act('self-execute', SelfExecute, ({ capability, payload }) => {
    agent.telemetry.event({ type: 'capability.self_execute', capability })
    return runCapability(capabilities, capability, { payload: payload ?? null, commissionedBy: null })
  })
  act('delegate', Delegate, ({ fault, ...wanted }) =>
    withFault(fault, () => delegate(agent, wanted), ['manifest']),
  )
  act('redeem-delegation', RedeemDelegation, ({ peer_manifest_url, delegation_token, fault }) =>
    withFault(fault, () => redeemDelegation(agent, peer_manifest_url, delegation_token)),
  )
  act('renew-tct', RenewTct, ({ peer_aid, new_ttl_secs, fault }) =>
    withFault(fault, () => renewTct(agent, peer_aid, new_ttl_secs)),
  )
  act('revoke-tct', RevokeTct, ({ jti }) => ({ revoked: jti, total_revoked: agent.revocation.revoke(jti) }))
  act('refresh-revocations', RefreshRevocations, ({ cp_base_url, cp_api_key, quiet, fault }) =>
    withFault(fault, () => agent.revocation.refresh({ baseUrl: cp_base_url, apiKey: cp_api_key, quiet })),
  )
  act('export-session-bundle', ExportSessionBundle, ({ participant_tcts }) =>
    exportSessionBundle(agent, participant_tcts),
  )
  act('verify-session-bundle', VerifySessionBundle, ({ bundle_envelope, coordinator_aid }) =>
    verifySessionBundle(agent, bundle_envelope, coordinator_aid),
  )
  const enrolment = keepEnrolled(agent)
  act('enroll-with-cp', EnrollWithCp, ({ cp_base_url }) => enrolment.enrol(cp_base_url))
  act('rotate-keys', RotateKeys, () => rotateKeys(agent))
  router.get(
    '/admin/held-tct',
    ask(HeldTctQuery, ({ peer_aid }) => heldTct(agent, peer_aid)),
  )
  router.get(
    '/admin/tct-cache-stats',
    ask(z.object({}), () => agent.tcts.stats()),
  )
  return router
}

const HeldTctQuery = z.object({ peer_aid: z.string() })

function heldTct(agent: Agent, peerAid: string): HeldTct {
  const { token, claims } = requireHeld(agent.held, peerAid).held
  return {
    aid: claims.sub,
    peer_aid: claims.iss,
    tct_token: token,
    jti: claims.jti,
    expires_at: claims.exp,
  }
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
