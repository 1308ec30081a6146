import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express'
import type { Logger } from 'pino'
import { jsonMedia } from '../../shared/contract/define.ts'
import { callNames, contract, type Handlers, streamNames } from '../../shared/contract.ts'
import { AppError, appErrorStatus, errorBody, toAppError } from '../../shared/errors.ts'
import { httpRoute } from '../../shared/http-request.ts'
import { bodyReader } from './bodies.ts'
import { parseInput } from './parse-input.ts'
import { type EventStreamLimits, sendEvents } from './sse.ts'

/** Makes an HTTP route of every entry of the contract. */
export function contractRoutes(handlers: Handlers, streams?: EventStreamLimits): Router {
  const router = express.Router()
  for (const name of callNames) {
    const { method, path } = httpRoute(name)
    const entry = contract[name]
    // The types of one entry agree; over all of them the compiler cannot see it.
    const handle = handlers[name] as (input: unknown) => Promise<unknown>
    route(router, method, path, [
      ...bodyReader(method, entry.takes),
      async (request, response) => {
        const output = await handle(parseInput(entry.input, inputOf(request)))
        response.status(entry.status)
        if (entry.media === jsonMedia) response.json(output)
        else response.type(entry.media).send(output)
      },
    ])
  }
  for (const name of streamNames) {
    const { method, path } = httpRoute(name)
    const entry = contract[name]
    route(router, method, path, [
      async (request, response) => {
        const resumeAt = request.headers['last-event-id']
        const input = parseInput(entry.input, {
          ...inputOf(request),
          ...(typeof resumeAt === 'string' ? { after_seq: resumeAt } : {}),
        })
        await sendEvents(response, (signal) => handlers[name](input, signal), streams)
      },
    ])
  }
  return router
}

function route(router: Router, method: string, path: string, handlers: RequestHandler[]): void {
  if (method === 'GET') router.get(path, handlers)
  else if (method === 'POST') router.post(path, handlers)
  else if (method === 'DELETE') router.delete(path, handlers)
  else throw new TypeError(`the contract has a method that is not bound: ${method}`)
}

function inputOf(request: Request): Record<string, unknown> {
  return { ...request.query, ...bodyMembers(request.body), ...request.params }
}

function bodyMembers(body: unknown): object {
  if (body === undefined) return {}
  if (typeof body === 'string') return { text: body }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new AppError('invalid_body', 'The request body is not a JSON object.')
}

/** The last handler: everything thrown leaves as the one error body, with its status. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (thrown: unknown, request, response, _next) => {
    const error = fromExpress(thrown)
    if (error.code === 'internal_error') log.error({ err: thrown }, 'a request failed')
    if (response.headersSent) {
      request.socket.destroy()
      return
    }
    response.status(appErrorStatus[error.code]).set('cache-control', 'no-store').json(errorBody(error))
  }
}

/** What Express and its body parsers refuse themselves, under our codes. */
function fromExpress(thrown: unknown): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toAppError(thrown)
  const { type, status } = thrown as { type?: unknown; status?: unknown }
  if (type === 'entity.too.large') return new AppError('body_too_large', 'The request body is too large.')
  if (type === 'entity.parse.failed') return new AppError('invalid_body', 'The request body is not JSON.')
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('invalid_body', `The request cannot be read: ${thrown.message}.`, { cause: thrown })
  }
  return toAppError(thrown)
}
