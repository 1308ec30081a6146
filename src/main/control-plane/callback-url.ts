import { AppError } from '../../shared/errors.ts'

/** Where Control Planes are told to report to: `PLAYGROUND_BASE_URL`, else this console itself (B-72). */
export function callbackUrl(environment: NodeJS.ProcessEnv, port: number): URL {
  const configured = environment['PLAYGROUND_BASE_URL']?.trim() || `http://127.0.0.1:${port}`
  const url = URL.parse(configured)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new AppError('usage', `PLAYGROUND_BASE_URL is an http or https address, not "${configured}".`)
}
