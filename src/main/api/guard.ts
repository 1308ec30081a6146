import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { bearerOf, sameSecret } from '../../shared/bearer.ts'
import { AppError } from '../../shared/errors.ts'
import { refuseForeignHost, refuseForeignOrigin } from '../own-requests.ts'

export interface GuardOptions {
  /** The port that is listened on, once it is known. */
  readonly port: () => number
  /** `null` asks nobody for one. */
  readonly bearer: string | null
  /** Names beside those of loopback under which this server is addressed. */
  readonly names: readonly string[]
  /** The authority under which a Control Plane reaches the receiver of webhooks, which asks for a signature. */
  readonly callback: () => string
  /** Routes that need no bearer: `METHOD /path` as requested. */
  readonly open: (request: Request) => boolean
}

/**
 * Who may come in: only requests addressed to this loopback server, from no foreign page, with the bearer of this
 * launch. The first two stop a web page that rebinds a name to 127.0.0.1 even where the third is not asked.
 */
export function guard(options: GuardOptions): RequestHandler[] {
  const { port, names, callback } = options
  const isCallback = ({ path, headers }: Request) =>
    path.startsWith('/webhooks/cp/') && headers.host === callback()
  return [
    refuseForeignHost(port, names, isCallback),
    refuseForeignOrigin(port, [], names),
    requireBearer(options),
  ]
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
