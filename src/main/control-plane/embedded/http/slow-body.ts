import type { RequestHandler } from 'express'
import { Refusal } from '../refusal.ts'

/** Throws `BODY_TOO_SLOW` when a body has not come whole in time, and hangs up; also on who was refused before it came. */
export function refuseSlowBody(limitMs: number): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      if (request.complete) return
      if (response.headersSent) return void request.destroy()
      response.on('finish', () => request.destroy())
      response.set('connection', 'close')
      next(new Refusal('BODY_TOO_SLOW', `The request body did not arrive in ${limitMs / 1_000} s.`))
    }, limitMs)
    timer.unref()
    request.on('end', () => clearTimeout(timer))
    request.on('close', () => clearTimeout(timer))
    next()
  }
}
