import type { Request } from 'express'
import { AitpError } from '../../src/aitp/index.ts'
import type { Inbound } from './inbound.ts'

/** Throws `INVALID_ENVELOPE` for a body that is not JSON text in UTF-8. */
export function requireJson(request: Request, inbound: Inbound): void {
  const type = request.header('content-type') ?? ''
  if (!inbound.isUtf8) {
    throw new AitpError('INVALID_ENVELOPE', 'the body is not UTF-8', {
      check: 'http.encoding',
      expected: 'UTF-8',
    })
  }
  if (/^application\/(aitp\+)?json\b/i.test(type)) return
  throw new AitpError('INVALID_ENVELOPE', `content type is "${type}", not JSON`, {
    check: 'http.content_type',
    expected: 'application/json or application/aitp+json',
    actual: type,
  })
}
