import type { Request, RequestHandler } from 'express'
import { AppError } from '../shared/errors.ts'
import { ownAuthorities } from '../shared/own-authority.ts'

/** Only what is addressed to this server: a name that was rebound to 127.0.0.1 is another. Throws `forbidden_host`. */
export function refuseForeignHost(
  port: () => number,
  names: readonly string[] = [],
  isExcepted: (request: Request) => boolean = () => false,
): RequestHandler {
  return (request, _response, next) => {
    const host = request.headers.host ?? ''
    if (authorities(port(), names).includes(host) || isExcepted(request)) return next()
    throw new AppError(
      'forbidden_host',
      `Requests must be addressed to ${ownAuthorities(port()).join(' or ')}, not to "${host}".`,
    )
  }
}

/** Pages of this server, and of the other origins that are named, may ask; others may not, whatever they hold. */
export function refuseForeignOrigin(
  port: () => number,
  others: readonly string[] = [],
  names: readonly string[] = [],
): RequestHandler {
  return (request, _response, next) => {
    const { origin } = request.headers
    const site = request.headers['sec-fetch-site']
    if (origin !== undefined && others.includes(origin)) return next()
    const ownOrigins = authorities(port(), names).map((authority) => `http://${authority}`)
    const originIsOurs = origin === undefined || ownOrigins.includes(origin)
    const siteIsOurs =
      site === undefined || site === 'same-origin' || (site === 'none' && origin === undefined)
    if (originIsOurs && siteIsOurs) return next()
    throw new AppError(
      'forbidden_origin',
      `A page of ${origin ?? 'another site'} may not talk to this console.`,
    )
  }
}

function authorities(port: number, names: readonly string[]): readonly string[] {
  return [...ownAuthorities(port), ...names.map((name) => `${name}:${port}`)]
}
