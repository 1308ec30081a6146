import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import type { Logger } from 'pino'
import { jsonMedia, ndjsonMedia } from '../../shared/contract/define.ts'
import { callNames, contract, type Handlers, streamNames } from '../../shared/contract.ts'
import { AppError, appErrorStatus, errorBody, toAppError } from '../../shared/errors.ts'
import { httpRoute } from '../../shared/http-request.ts'
import { parseInput } from './parse-input.ts'
import { type EventStreamLimits, sendEvents } from './sse.ts'

const bodyLimit = '1mb'
/** Runs that are handed in are whole files. */
const textBodyLimit = '256mb'

/** Makes an HTTP route of every entry of the contract. */
export function contractRoutes(handlers: Handlers, streams?: EventStreamLimits): Router {
  const router = express.Router()
  router.use(express.json({ limit: bodyLimit }))
  router.use(express.text({ limit: textBodyLimit, type: ndjsonMedia }))
  for (const name of callNames) {
    const { method, path } = httpRoute(name)
    const entry = contract[name]
    // The types of one entry agree; over all of them the compiler cannot see it.
    const handle = handlers[name] as (input: unknown) => Promise<unknown>
    route(router, method, path, async (request, response) => {
      const output = await handle(parseInput(entry.input, inputOf(request)))
      response.status(entry.status)
      if (entry.media === jsonMedia) response.json(output)
      else response.type(entry.media).send(output)
    })
  }
  for (const name of streamNames) {
    const { method, path } = httpRoute(name)
    const entry = contract[name]
    route(router, method, path, async (request, response) => {
      const resumeAt = request.headers['last-event-id']
      const input = parseInput(entry.input, {
        ...inputOf(request),
        ...(typeof resumeAt === 'string' ? { after_seq: resumeAt } : {}),
      })
      await sendEvents(response, (signal) => handlers[name](input, signal), streams)
    })
  }
  return router
}

function route(
  router: Router,
  method: string,
  path: string,
  handle: (request: Request, response: Response) => Promise<void>,
): void {
  if (method === 'GET') router.get(path, handle)
  else if (method === 'POST') router.post(path, handle)
  else if (method === 'DELETE') router.delete(path, handle)
  else throw new TypeError(`the contract has a method that is not bound: ${method}`)
}

function inputOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body
  const members =
    typeof body === 'string'
      ? { text: body }
      : typeof body === 'object' && body !== null && !Array.isArray(body)
        ? body
        : {}
  return { ...request.query, ...members, ...request.params }
}

/** The last handler: everything thrown leaves as the one error body, with its status. */
export function answerErrors(log: Logger) {
  return (thrown: unknown, _request: Request, response: Response, next: NextFunction): void => {
    const error = fromExpress(thrown)
    if (error.code === 'internal_error') log.error({ err: thrown }, 'a request failed')
    if (response.headersSent) {
      next(thrown)
      return
    }
    response.status(appErrorStatus[error.code]).set('cache-control', 'no-store').json(errorBody(error))
  }
}

/** The body parser's own errors, under our codes. */
function fromExpress(thrown: unknown): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toAppError(thrown)
  const { type } = thrown as { type?: unknown }
  if (type === 'entity.too.large') return new AppError('body_too_large', 'The request body is too large.')
  if (type === 'entity.parse.failed') return new AppError('invalid_body', 'The request body is not JSON.')
  return toAppError(thrown)
}
