import type { Outgoing } from '../outgoing.ts'
import { WorkerError } from '../refusal.ts'

/** The message with something changed that a signature covers. */
export function tampered(message: Outgoing): Outgoing {
  const token = message.headers?.['x-aitp-tct']
  if (token !== undefined) {
    return { ...message, headers: { ...message.headers, 'x-aitp-tct': tamperedToken(token) } }
  }
  return { ...message, body: tamperedBody(message.body ?? '') }
}

/** The members of plain requests that hold a token, and that of an envelope whose change leaves it well-formed. */
const tokenMembers = ['delegation_token', 'current_tct'] as const

function tamperedBody(text: string): string {
  const body: Record<string, unknown> = JSON.parse(text)
  for (const name of tokenMembers) {
    const token = body[name]
    if (typeof token === 'string') return JSON.stringify({ ...body, [name]: tamperedToken(token) })
  }
  const id = body['message_id']
  if (typeof id !== 'string') throw new WorkerError(412, 'fault_not_possible', 'the message is not signed')
  return JSON.stringify({ ...body, message_id: `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}` })
}

/** Puts the expiry off by a second, as somebody would who gains by it; everything else stays as it was signed. */
function tamperedToken(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = Buffer.from(payload, 'base64url').toString()
  const later = claims.replace(/"exp":(\d+)/, (_claim, exp: string) => `"exp":${Number(exp) + 1}`)
  return [header, Buffer.from(later).toString('base64url'), signature].join('.')
}
