import { z } from 'zod'
import type { EnrolledWithCp } from '../../../src/shared/admin.ts'
import { unsignedReport } from '../../../src/shared/capture.ts'
import type { Agent } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { exchangeWith, type Incoming } from '../outbound.ts'
import { WorkerError } from '../refusal.ts'
import { controlPlaneOrigin, otherControlPlaneTimeoutMs } from './control-plane.ts'

type Stage = 'enroll' | 'register'

const Admission = z.object({ token: z.string().min(1), expiresIn: z.number().optional() })
const Registration = z.object({ registeredAt: z.union([z.string(), z.number()]).optional() })

const paths = { enroll: '/api/registry/enroll', register: '/api/registry/agents' } as const

/**
 * Has this agent listed by the Control Plane: its manifest is exchanged for a token, and the token for an entry. Throws
 * {@link WorkerError}: 412 without a Control Plane, 502 when it does not go through, which is told as an event.
 */
export async function enrol(agent: Agent, baseUrl?: string): Promise<EnrolledWithCp> {
  const { controlPlane } = agent
  if (baseUrl === undefined && controlPlane === null)
    throw new WorkerError(412, 'no_control_plane', 'this agent was told of no Control Plane')
  const origin = controlPlaneOrigin(baseUrl ?? controlPlane?.baseUrl ?? '')
  const progress: { stage: Stage } = { stage: 'enroll' }
  const work = () => enrolAt(agent, origin, progress)
  try {
    return await (controlPlane !== null && origin === controlPlane.baseUrl ? controlPlane.ask(work) : work())
  } catch (error) {
    if (error instanceof AnswerUnusable) throw error
    const transport = error instanceof Error ? error.message : String(error)
    agent.telemetry.event({ type: 'cp.enroll_failed', stage: progress.stage, transport })
    throw new WorkerError(502, 'cp_unreachable', transport, { cause: error })
  }
}

/** The Control Plane answered, and the answer helps nobody; told as an event already. */
class AnswerUnusable extends WorkerError {}

async function enrolAt(agent: Agent, origin: string, progress: { stage: Stage }): Promise<EnrolledWithCp> {
  const { text, verified } = agent.identity.manifest()
  const { aid } = verified
  const admission = await ask(agent, 'enroll', { origin, text, token: null }, Admission)
  progress.stage = 'register'
  const { token } = admission
  const { registeredAt = null } = await ask(agent, 'register', { origin, text, token }, Registration)
  agent.telemetry.event({ type: 'cp.enroll_succeeded', aid, registered_at: registeredAt })
  const expiresIn = admission.expiresIn ?? null
  return { enrolled: true, aid, registered_at: registeredAt, token_expires_in: expiresIn }
}

interface EnrolmentRequest {
  readonly origin: string
  /** The manifest, as it is published. */
  readonly text: string
  readonly token: string | null
}

async function ask<Answer>(
  agent: Agent,
  stage: Stage,
  { origin, text, token }: EnrolmentRequest,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const incoming = await exchangeWith(
    agent,
    {
      kind: 'enroll',
      method: 'POST',
      url: `${origin}${paths[stage]}`,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: text,
      peerAid: null,
      timeoutMs: agent.controlPlane?.timeoutMs ?? otherControlPlaneTimeoutMs,
      namedByHost: true,
    },
    (value) => ({ value }),
    () => unsignedReport(unixNow(), 'the answer of a Control Plane to an enrolment is not signed'),
  )
  return read(agent, stage, incoming, answer)
}

function read<Answer>(
  { telemetry }: Agent,
  stage: Stage,
  { status, text }: Incoming,
  answer: z.ZodType<Answer>,
): Answer {
  if (status < 200 || status > 299) {
    telemetry.event({ type: 'cp.enroll_failed', stage, status_code: status, body: text.slice(0, 300) })
    throw new AnswerUnusable(502, 'cp_refused', `the Control Plane answered ${status} to ${paths[stage]}`)
  }
  const parsed = answer.safeParse(parse(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const decode = `${issue?.path.join('.') || 'body'}: ${issue?.message}`
  telemetry.event({ type: 'cp.enroll_failed', stage, decode })
  throw new AnswerUnusable(502, 'cp_refused', `the Control Plane answered ${paths[stage]} with ${decode}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
