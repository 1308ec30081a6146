import { z } from 'zod'
import { call, Nothing } from './define.ts'

/** The service itself: whether it is there, and who may talk to it. */
export const serviceCalls = {
  health: call({
    http: 'GET /healthz',
    input: Nothing,
    output: z.object({ status: z.literal('ok'), version: z.string() }),
  }),
  /** What this process has counted since it started, as Prometheus reads it. */
  metrics: call({
    http: 'GET /metrics',
    media: 'text/plain; version=0.0.4; charset=utf-8',
    input: Nothing,
    output: z.string(),
  }),
  /** The browser's one-time code, from the fragment of the printed address, for a bearer. */
  openSession: call({
    http: 'POST /session',
    input: z.strictObject({ code: z.string() }),
    output: z.object({ bearer: z.string() }),
  }),
  /** A fresh code for another browser window, for who already holds the bearer. */
  newSessionCode: call({
    http: 'POST /session/codes',
    input: Nothing,
    output: z.object({ code: z.string() }),
  }),
} as const
