import express, { type RequestHandler } from 'express'
import { jsonMedia } from '../../shared/contract/define.ts'
import { AppError, appErrorStatus, errorBody } from '../../shared/errors.ts'

/** How long the body of a request may take to arrive. No body is unpacked: it could be any number of times its size. */
export const bodyMs = 30_000

const mebibyte = 1024 * 1024
const limit = mebibyte
/** Runs that are handed in are whole files. */
const textLimit = 128 * mebibyte
const telemetryLimit = 8 * mebibyte

/** Reads the body that a route takes. */
export function bodyReader(method: string, takes: string): RequestHandler[] {
  if (method === 'GET') return []
  return takes === jsonMedia
    ? [refuseOtherType(takes), refuseLargeBody(limit), express.json({ limit, inflate: false })]
    : [
        refuseOtherType(takes),
        refuseLargeBody(textLimit),
        express.text({ limit: textLimit, type: takes, inflate: false }),
      ]
}

export const telemetryReader: RequestHandler[] = [
  refuseLargeBody(telemetryLimit),
  express.json({ limit: telemetryLimit, inflate: false }),
]

/** Gives the bytes as they came: a signature is over those. */
export const bytesReader: RequestHandler[] = [
  refuseLargeBody(limit),
  express.raw({ limit, type: () => true, inflate: false }),
]

/** A body under another type would stay unread, and what it says would seem to be missing. */
function refuseOtherType(takes: string): RequestHandler {
  return (request, _response, next) => {
    const { 'content-length': length, 'transfer-encoding': coding, 'content-type': type } = request.headers
    const hasBody = coding !== undefined || Number(length ?? 0) > 0
    if (!hasBody || request.is(takes)) return next()
    throw new AppError(
      'invalid_body',
      `The request body must be sent with Content-Type: ${takes}, and not ${type ?? 'without a type'}.`,
    )
  }
}

/** Answers at once where a body says that it is too large; the parsers would read it to its end first. */
function refuseLargeBody(most: number): RequestHandler {
  return (request, _response, next) => {
    if (Number(request.headers['content-length'] ?? 0) <= most) return next()
    throw new AppError('body_too_large', `The request body is larger than ${most} bytes.`)
  }
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
