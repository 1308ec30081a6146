import type { NextFunction, Request, Response } from 'express'
import { isFromPage, pageRefusal } from '../../src/shared/refuse-pages.ts'

/**
 * Lets only agents and their host in.
 *
 * @param authorities the `Host` values that mean this agent
 */
export function refusePages(authorities: readonly string[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (isFromPage(request.headers, authorities)) response.status(403).json(pageRefusal)
    else next()
  }
}
