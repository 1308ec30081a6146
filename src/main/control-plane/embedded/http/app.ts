import { createHash, randomBytes } from 'node:crypto'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Logger } from 'pino'
import { sameSecret } from '../../../../shared/bearer.ts'
import { AppError } from '../../../../shared/errors.ts'
import { refuseForeignHost, refuseForeignOrigin } from '../../../own-requests.ts'
import { Refusal, refusalStatus } from '../refusal.ts'
import type { Settings } from '../settings.ts'
import { parseJson } from './body.ts'
import { type Idempotency, idempotencyKey } from './idempotency.ts'
import type { Bucket, RateLimits } from './rate-limits.ts'
import type { Answer, Question, Route } from './route.ts'
import { refuseSlowBody } from './slow-body.ts'

export interface AppParts {
  readonly routes: readonly Route[]
  readonly apiKey: string
  readonly settings: Settings
  readonly limits: RateLimits
  readonly idempotency: Idempotency
  readonly log: Logger
  /** Unix milliseconds. */
  readonly now: () => number
  /** The port that is listened on, once it is known. */
  readonly port: () => number
}

const defaultBodyLimit = 1024 * 1024
/** How much of a key tells callers apart in the limits. */
const limitedKeyLength = 24

/**
 * The Control Plane's face. Whatever is asked is first held against where it came from, then against the key and the
 * limits of its route, and only then is its body read; every refusal is JSON.
 */
export function createApp(parts: AppParts): Express {
  const { routes, settings, log, port } = parts
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(nameRequest)
  app.use(refuseSlowBody(settings.bodyMs))
  app.use(refuseForeignHost(port))
  app.use(refuseForeignOrigin(port, settings.corsOrigin === null ? [] : [settings.corsOrigin]))
  if (settings.corsOrigin !== null) app.use('/api', allowOrigin(settings.corsOrigin))
  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of ofPath) {
      app[verb(route.method)](
        path,
        (request, _response, next) => {
          requireKey(parts, request, route.access)
          takeFromLimit(parts, route, request)
          next()
        },
        // No body is unpacked: it could be any number of times its size.
        express.text({ type: () => true, limit: route.bodyLimit ?? defaultBodyLimit, inflate: false }),
        (request, response) => serve(parts, route, request, response),
      )
    }
    app.all(path, () => {
      const allow = ofPath.map(({ method }) => method).join(', ')
      throw new Refusal('METHOD_NOT_ALLOWED', `This takes ${allow}.`, { headers: { allow } })
    })
  }
  app.use((request) => {
    if (request.path.startsWith('/api/')) requireKey(parts, request, 'key')
    throw new Refusal('NOT_FOUND', `There is nothing at ${request.path}.`)
  })
  app.use(answerErrors(log))
  return app
}

function verb(method: Route['method']): 'get' | 'post' | 'put' | 'patch' | 'delete' {
  return method.toLowerCase() as Lowercase<Route['method']>
}

async function serve(parts: AppParts, route: Route, request: Request, response: Response): Promise<void> {
  const { idempotency, apiKey } = parts
  const text = typeof request.body === 'string' ? request.body : ''
  const scope = route.idempotency
  const key = scope === undefined ? null : idempotencyKey(request.headers['idempotency-key'])
  if (scope !== undefined && key !== null) {
    // What cannot be read says nothing about the request that was meant; a registration is kept all the same.
    if (scope !== 'agents.register') parseJson(text)
    const kept = idempotency.find(scope, key)
    if (kept !== null) return send(response, kept)
  }
  const question: Question = {
    params: request.params as Record<string, string>,
    query: new URL(request.url, 'http://localhost').searchParams,
    headers: request.headers,
    text,
    actor: sameSecret(tokenOf(request), apiKey) ? nameOf(apiKey) : null,
    requestId: String(response.getHeader('x-request-id')),
  }
  const keep = (status: number, body: unknown) => {
    if (scope !== undefined && key !== null) idempotency.keep(scope, key, status, body)
  }
  try {
    const answer = await route.answer(question)
    if ('json' in answer) keep(answer.status, answer.json)
    send(response, answer)
  } catch (error) {
    if (error instanceof Refusal) keep(refusalStatus[error.code], refusalBody(error))
    throw error
  }
}

function send(response: Response, answer: Answer): void {
  if ('stream' in answer) {
    answer.stream(response)
    return
  }
  response.status(answer.status).set({ 'cache-control': 'no-store', ...answer.headers })
  if ('text' in answer) response.type(answer.type).send(answer.text)
  else if (answer.status === 204) response.end()
  else response.json(answer.json)
}

/** Throws `INVALID_API_KEY` where one is needed. */
function requireKey({ apiKey }: AppParts, request: Request, access: Route['access']): void {
  if (access !== 'key' || sameSecret(tokenOf(request), apiKey)) return
  throw new Refusal('INVALID_API_KEY', 'This needs the Control Plane’s API key as a bearer.')
}

/** The key as it is shown, with or without the word before it. */
function tokenOf(request: Request): string {
  return (request.headers.authorization ?? '').replace(/^Bearer\s+/i, '')
}

function nameOf(key: string): string {
  return `apikey:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}

function takeFromLimit({ limits, now }: AppParts, route: Route, request: Request): void {
  if (route.access === 'free') return
  const token = tokenOf(request)
  const address = request.socket.remoteAddress ?? 'unknown'
  const bucket: Bucket = route.isEnrolment
    ? 'enroll-ip'
    : route.access === 'key' && token !== ''
      ? 'api-key'
      : 'public-ip'
  const excess = limits.take(bucket, bucket === 'api-key' ? token.slice(0, limitedKeyLength) : address)
  if (excess === null) return
  throw new Refusal('RATE_LIMITED', `There were more than ${excess.limit} requests; try again later.`, {
    more: { bucket },
    headers: {
      'retry-after': String(Math.max(1, Math.ceil((excess.resetAt - now()) / 1000))),
      'x-ratelimit-limit': String(excess.limit),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(excess.resetAt / 1000)),
    },
  })
}

function nameRequest(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id']
  const isUsable = typeof given === 'string' && /^[\x20-\x7e]{1,128}$/.test(given)
  const made = `cp-${Date.now().toString(36)}-${randomBytes(6).toString('hex')}`
  response.set({ 'x-request-id': isUsable ? given : made, 'x-content-type-options': 'nosniff' })
  next()
}

function allowOrigin(origin: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,OPTIONS',
      'access-control-allow-headers':
        'authorization, content-type, x-request-id, x-aitp-namespace, idempotency-key',
      'access-control-expose-headers': 'x-request-id',
    })
    if (request.method === 'OPTIONS') response.status(204).end()
    else next()
  }
}

function refusalBody({ message, code, more }: Refusal): Record<string, unknown> {
  return { error: message, code, ...more }
}

function answerErrors(log: Logger) {
  return (thrown: unknown, _request: Request, response: Response, next: NextFunction): void => {
    const refusal = asRefusal(thrown)
    if (refusal.code === 'INTERNAL') log.error({ err: thrown }, 'a request to the Control Plane failed')
    if (response.headersSent) {
      next(thrown)
      return
    }
    response
      .status(refusalStatus[refusal.code])
      .set({ 'cache-control': 'no-store', ...refusal.headers })
      .json(refusalBody(refusal))
  }
}

function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  if (thrown instanceof AppError) {
    if (thrown.code === 'forbidden_host') return new Refusal('FORBIDDEN_HOST', thrown.message)
    if (thrown.code === 'forbidden_origin') return new Refusal('FORBIDDEN_ORIGIN', thrown.message)
  }
  if ((thrown as { type?: unknown }).type === 'entity.too.large')
    return new Refusal('PAYLOAD_TOO_LARGE', 'The request body is too large.')
  // A charset or an encoding that is not read is 415 to the parser.
  const status = (thrown as { status?: unknown }).status
  if (status === 400 || status === 415)
    return new Refusal('BODY_INVALID', 'The request cannot be read.', { cause: thrown })
  return new Refusal('INTERNAL', 'The Control Plane failed; its log says why.', { cause: thrown })
}
