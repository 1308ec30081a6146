import type { NextFunction, Request, Response } from 'express'

/**
 * Agents talk to agents and to their host; a web page is neither, whichever name it found for this address.
 *
 * @param authorities the `Host` values that mean this agent
 */
export function refusePages(authorities: readonly string[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { host = '', origin } = request.headers
    if (origin === undefined && authorities.includes(host)) {
      next()
      return
    }
    const message = 'Web pages may not talk to this agent.'
    response.status(403).json({ error: { code: 'forbidden_origin', message }, detail: message })
  }
}
