import { createServer, type Server } from 'node:http'
import express, { type Express, type Request, type Response } from 'express'
import type { Logger } from 'pino'
import type { Handlers } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { WebhookDesk } from '../control-plane/webhook-desk.ts'
import { listenAt, listenFrom } from '../listen.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import { answerErrors, contractRoutes } from './bind-http.ts'
import { bodyMs, refuseSlowBody } from './bodies.ts'
import { apiDocs } from './docs-page.ts'
import { guard } from './guard.ts'
import { refuseOtherMethods, tellMethods } from './methods.ts'
import { isOpen } from './open-routes.ts'
import { contentSecurityPolicy, dashboard, pages } from './pages.ts'
import { isEverywhere, type Loosened, loopback, namesOf } from './reach.ts'
import type { EventStreamLimits } from './sse.ts'
import { telemetryRoute } from './telemetry-route.ts'
import { webhookRoute } from './webhook-route.ts'

export interface ServiceOptions {
  readonly handlers: Handlers
  readonly telemetry: TelemetryDesk
  readonly webhooks: WebhookDesk
  readonly version: string
  readonly bearer: string
  /** The authority of the address that Control Planes are given to report to. */
  readonly callback: () => string
  readonly loosened?: Loosened
  /** The built renderer; `null` serves no pages. */
  readonly pagesDir: string | null
  readonly log: Logger
  readonly streams?: EventStreamLimits
  /** How long the body of a request may take to arrive, in milliseconds. */
  readonly bodyMs?: number
}

export interface Service {
  readonly port: number
  /**
   * Whether anybody is being answered, agents' telemetry aside, or was a moment ago: who has just attached is about
   * to ask.
   */
  readonly isWanted: () => boolean
  close(): Promise<void>
}

/** `exact` is refused with `port_in_use` when taken; `from` moves on to the next free one. */
export type PortWish = { readonly exact: number } | { readonly from: number }

/** Between a command's look whether the host answers and its first question. */
const attachMs = 1_000

export async function startService(options: ServiceOptions, wish: PortWish): Promise<Service> {
  let port = 0
  let clients = 0
  let lastSeenMs = Number.NEGATIVE_INFINITY
  const app = createApp(
    options,
    () => port,
    (request, response) => {
      if (request.path.startsWith('/internal/')) return
      clients += 1
      response.on('close', () => {
        clients -= 1
        lastSeenMs = performance.now()
      })
    },
  )
  const beyond = options.loosened?.listen ?? loopback
  const first = createServer(app)
  const servers = [first]
  port = await listen(first, isEverywhere(beyond) ? beyond : loopback, wish)
  const close = () => Promise.all(servers.map(closeServer))
  if (!isEverywhere(beyond) && beyond !== loopback) {
    const second = createServer(app)
    await listen(second, beyond, { exact: port }).catch(async (error: unknown) => {
      await close()
      throw error
    })
    servers.push(second)
  }
  return {
    port,
    isWanted: () => clients > 0 || performance.now() - lastSeenMs < attachMs,
    close: async () => void (await close()),
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function createApp(
  options: ServiceOptions,
  port: () => number,
  /** Told of everybody who may come in: whom the guard turns away keeps nothing open. */
  onAdmitted: (request: Request, response: Response) => void,
): Express {
  const { handlers, telemetry, webhooks, version, pagesDir, log, streams, loosened = {} } = options
  const bearer = loosened.noBearer ? null : options.bearer
  const names = loosened.listen === undefined ? [] : namesOf(loosened.listen)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((_request, response, next) => {
    response.set({ 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' })
    next()
  })
  const { callback } = options
  app.use(guard({ port, bearer, names, callback, open: (request) => isOpen(request, pagesDir) }))
  app.use((request, response, next) => {
    onAdmitted(request, response)
    next()
  })
  app.use(refuseSlowBody(options.bodyMs ?? bodyMs))
  app.use(tellMethods())
  app.post('/internal/telemetry', ...telemetryRoute(telemetry))
  app.post('/webhooks/cp/:run_id', ...webhookRoute(webhooks))
  app.get('/docs', apiDocs(version))
  if (pagesDir !== null) {
    app.use(pages(pagesDir))
    app.get('/dashboard', dashboard(pagesDir))
  }
  app.use(contractRoutes(handlers, streams))
  app.use(refuseOtherMethods())
  app.use((request) => {
    throw new AppError('not_found', `There is nothing at ${request.method} ${request.path}.`)
  })
  app.use(answerErrors(log))
  return app
}

async function listen(server: Server, address: string, wish: PortWish): Promise<number> {
  const first = 'exact' in wish ? wish.exact : wish.from
  try {
    return await ('exact' in wish ? listenAt(server, address, first) : listenFrom(server, address, first))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRNOTAVAIL') {
      throw new AppError('usage', `${address} is no address of this machine.`, { cause })
    }
    if (code !== 'EADDRINUSE') throw cause
    throw new AppError(
      'port_in_use',
      `Port ${first} on ${address} is taken by another program; stop it, or ask for another with --port.`,
      { cause },
    )
  }
}
