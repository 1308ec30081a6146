import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { bearerOf, sameSecret } from '../../shared/bearer.ts'
import { AppError } from '../../shared/errors.ts'
import { ownAuthorities } from '../../shared/own-authority.ts'

export interface GuardOptions {
  /** The port that is listened on, once it is known. */
  readonly port: () => number
  /** `null` asks nobody for one. */
  readonly bearer: string | null
  /** Names beside those of loopback under which this server is addressed. */
  readonly names: readonly string[]
  /** Routes that need no bearer: `METHOD /path` as requested. */
  readonly open: (request: Request) => boolean
}

/**
 * Who may come in: only requests addressed to this loopback server, from no foreign page, with the bearer of this
 * launch. The first two stop a web page that rebinds a name to 127.0.0.1 even where the third is not asked.
 */
export function guard(options: GuardOptions): RequestHandler[] {
  const { port, names } = options
  return [refuseForeignHost(port, names), refuseForeignOrigin(port, [], names), requireBearer(options)]
}

export function refuseForeignHost(port: () => number, names: readonly string[] = []): RequestHandler {
  return (request, _response, next) => {
    const host = request.headers.host ?? ''
    if (authorities(port(), names).includes(host)) return next()
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

function requireBearer({ bearer, open }: GuardOptions): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    if (bearer === null || open(request)) return next()
    if (sameSecret(bearerOf(request.headers.authorization), bearer)) return next()
    throw new AppError(
      'unauthorized',
      'This needs the bearer of the running console: open the address it printed, or read `bearer` in host.json of its data folder.',
    )
  }
}
