import { createServer, type Server } from 'node:http'
import express, { type Express } from 'express'
import type { Logger } from 'pino'
import type { Handlers } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { WebhookDesk } from '../control-plane/webhook-desk.ts'
import { listenOnLoopback } from '../listen.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import { answerErrors, contractPaths, contractRoutes, otherMethods } from './bind-http.ts'
import { bodyMs, refuseSlowBody } from './bodies.ts'
import { apiDocs } from './docs-page.ts'
import { guard } from './guard.ts'
import { isOpen, otherPaths } from './open-routes.ts'
import { contentSecurityPolicy, dashboard, pages } from './pages.ts'
import type { EventStreamLimits } from './sse.ts'
import { telemetryRoute } from './telemetry-route.ts'
import { webhookRoute } from './webhook-route.ts'

export interface ServiceOptions {
  readonly handlers: Handlers
  readonly telemetry: TelemetryDesk
  readonly webhooks: WebhookDesk
  readonly version: string
  readonly bearer: string
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

const host = '127.0.0.1'
const portsTried = 100
/** Between a command's look whether the host answers and its first question. */
const attachMs = 1_000

export async function startService(options: ServiceOptions, wish: PortWish): Promise<Service> {
  let port = 0
  let clients = 0
  let lastSeenMs = Number.NEGATIVE_INFINITY
  const app = createApp(options, () => port)
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/internal/')) return void app(request, response)
    clients += 1
    response.on('close', () => {
      clients -= 1
      lastSeenMs = performance.now()
    })
    app(request, response)
  })
  port = await listen(server, wish)
  return {
    port,
    isWanted: () => clients > 0 || performance.now() - lastSeenMs < attachMs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createApp(options: ServiceOptions, port: () => number): Express {
  const { handlers, telemetry, webhooks, version, bearer, pagesDir, log, streams } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((_request, response, next) => {
    response.set({ 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' })
    next()
  })
  app.use(guard({ port, bearer, open: (request) => isOpen(request, pagesDir) }))
  app.use(refuseSlowBody(options.bodyMs ?? bodyMs))
  app.post('/internal/telemetry', ...telemetryRoute(telemetry))
  app.post('/webhooks/cp/:run_id', ...webhookRoute(webhooks))
  app.get('/docs', apiDocs(version))
  if (pagesDir !== null) {
    app.use(pages(pagesDir))
    app.get('/dashboard', dashboard(pagesDir))
  }
  app.use(contractRoutes(handlers, streams))
  app.use(otherMethods(new Map([...contractPaths(), ...otherPaths])))
  app.use((request) => {
    throw new AppError('not_found', `There is nothing at ${request.method} ${request.path}.`)
  })
  app.use(answerErrors(log))
  return app
}

async function listen(server: Server, wish: PortWish): Promise<number> {
  const first = 'exact' in wish ? wish.exact : wish.from
  const last = 'exact' in wish || first === 0 ? first : Math.min(first + portsTried, 65_535)
  for (let port = first; ; port += 1) {
    try {
      return await listenOnLoopback(server, port, 'exactly')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (port < last) continue
      throw new AppError(
        'port_in_use',
        `Port ${port} on ${host} is taken by another program; stop it, or ask for another with --port.`,
        {
          cause: error,
        },
      )
    }
  }
}
