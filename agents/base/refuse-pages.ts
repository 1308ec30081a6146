import type { NextFunction, Request, Response } from 'express'
import { ownAuthorities } from '../../src/shared/own-authority.ts'

/** Agents talk to agents and to their host; a web page is neither, whichever name it found for this address. */
export function refusePages(port: number) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { host = '', origin } = request.headers
    if (origin === undefined && ownAuthorities(port).includes(host)) {
      next()
      return
    }
    const message = 'Web pages may not talk to this agent.'
    response.status(403).json({ error: { code: 'forbidden_origin', message }, detail: message })
  }
}
