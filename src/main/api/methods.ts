import express, { type Router } from 'express'
import { callNames, streamNames } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { httpRoute } from '../../shared/http-request.ts'
import { otherPaths } from './open-routes.ts'

/** Tells who asks with `OPTIONS` what a path answers to; goes before the routes, or Express tells it by halves. */
export function tellMethods(): Router {
  const router = express.Router()
  for (const [path, allow] of allowed()) {
    router.options(path, (_request, response) => {
      response.status(204).set({ allow }).end()
    })
  }
  return router
}

/** Refuses every other method on a known path; goes after the routes. */
export function refuseOtherMethods(): Router {
  const router = express.Router()
  for (const [path, allow] of allowed()) {
    router.all(path, (request, response) => {
      response.set({ allow })
      throw new AppError('method_not_allowed', `${request.path} does not answer to ${request.method}.`)
    })
  }
  return router
}

/** What `Allow` says of every path. */
function allowed(): Map<string, string> {
  const paths = new Map(otherPaths)
  for (const name of [...callNames, ...streamNames]) {
    const { method, path } = httpRoute(name)
    paths.set(path, [...(paths.get(path) ?? []), method])
  }
  // What is named comes before what a parameter stands for.
  const named = [...paths].sort(([one], [other]) => Number(one.includes(':')) - Number(other.includes(':')))
  return new Map(named.map(([path, methods]) => [path, allowHeader(methods)]))
}

function allowHeader(methods: readonly string[]): string {
  const withHead = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...withHead, 'OPTIONS'].join(', ')
}
