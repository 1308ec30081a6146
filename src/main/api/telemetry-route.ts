import type { RequestHandler } from 'express'
import { bearerOf } from '../../shared/bearer.ts'
import { AppError } from '../../shared/errors.ts'
import { TelemetryBatch } from '../../shared/telemetry.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import { telemetryReader } from './bodies.ts'

/** Takes what agents report, each under its own secret. */
export function telemetryRoute(telemetry: TelemetryDesk): RequestHandler[] {
  return [
    // Nobody's report is read who may not report.
    (request, _response, next) => {
      telemetry.require(bearerOf(request.headers.authorization))
      next()
    },
    ...telemetryReader,
    (request, response) => {
      const batch = TelemetryBatch.safeParse(request.body)
      if (!batch.success) {
        throw new AppError('invalid_body', 'Telemetry is not as the worker contract has it.', {
          details: batch.error.issues
            .slice(0, 10)
            .map(({ path, message }) => ({ path: path.join('.'), message })),
        })
      }
      telemetry.receive(bearerOf(request.headers.authorization), batch.data)
      response.json({ ok: true })
    },
  ]
}
