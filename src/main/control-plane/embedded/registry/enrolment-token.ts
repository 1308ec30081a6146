import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Refusal } from '../refusal.ts'

export const enrolmentLifeSecs = 300

const Claims = z.object({
  sub: z.string(),
  scope: z.literal('register'),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(1).max(64),
})
export type EnrolmentClaims = z.infer<typeof Claims>

/** What who has enrolled registers with, once (control-plane.md §7). Times are Unix seconds. */
export interface EnrolmentTokens {
  issue(aid: string, now: number): { readonly token: string; readonly claims: EnrolmentClaims }
  /** Throws `TOKEN_INVALID`. Whether it was used before is not asked here. */
  verify(token: string, aid: string, now: number): EnrolmentClaims
}

export function createEnrolmentTokens(secret: Uint8Array): EnrolmentTokens {
  const sign = (body: string) => createHmac('sha256', secret).update(body).digest()
  return {
    issue(aid, now) {
      const claims: EnrolmentClaims = {
        sub: aid,
        scope: 'register',
        iat: now,
        exp: now + enrolmentLifeSecs,
        jti: randomUUID(),
      }
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
      return { token: `${body}.${sign(body).toString('base64url')}`, claims }
    },
    verify(token, aid, now) {
      const [body = '', signature = '', ...rest] = token.split('.')
      const given = Buffer.from(signature, 'base64url')
      const wanted = sign(body)
      const isOurs = rest.length === 0 && given.length === wanted.length && timingSafeEqual(given, wanted)
      const claims = isOurs ? Claims.safeParse(read(body)) : null
      if (!claims?.success || claims.data.exp <= now || claims.data.sub !== aid) {
        throw new Refusal('TOKEN_INVALID', 'The enrolment token is not one for this agent, or has expired.')
      }
      return claims.data
    },
  }
}

function read(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString())
  } catch {
    return null
  }
}
