import express, { type RequestHandler } from 'express'
import { jsonMedia } from '../../shared/contract/define.ts'
import { AppError, appErrorStatus, errorBody } from '../../shared/errors.ts'

/** How long the body of a request may take to arrive. */
export const bodyMs = 30_000

const limit = '1mb'
/** Runs that are handed in are whole files. */
const textLimit = '256mb'

/** Reads the body that a route takes; one of another type stays unread, and what it should have said is missing. */
export function bodyReader(method: string, takes: string): RequestHandler[] {
  if (method === 'GET') return []
  return takes === jsonMedia ? [express.json({ limit })] : [express.text({ limit: textLimit, type: takes })]
}

/** Answers `body_too_slow` and hangs up when a body has not come whole in time. */
export function refuseSlowBody(limitMs: number): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      if (request.complete || response.headersSent) return
      const refusal = new AppError(
        'body_too_slow',
        `The request body did not arrive in ${limitMs / 1_000} s.`,
      )
      response.on('finish', () => request.destroy())
      response.status(appErrorStatus[refusal.code]).set('connection', 'close').json(errorBody(refusal))
    }, limitMs)
    timer.unref()
    request.on('end', () => clearTimeout(timer))
    response.on('close', () => clearTimeout(timer))
    next()
  }
}
