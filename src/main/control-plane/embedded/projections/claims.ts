import { createHash } from 'node:crypto'
import { delegationIdInput, hashedUuid } from '../../../../shared/hashed-uuid.ts'
import { isObject, isStrings, text } from '../events/normalise.ts'

/** Claims as a sender reports them: unverified, and read under the names that senders use (control-plane.md §5.2, §5.3). */
export type Claims = Readonly<Record<string, unknown>>

/** Of an entry that is flat, or `{token, claims}`; the token itself is not kept. */
export function claimsOf(entry: unknown): Claims | null {
  if (!isObject(entry)) return null
  return isObject(entry['claims']) ? entry['claims'] : entry
}

/** Unix milliseconds of the first member that is a number of seconds. */
export function seconds(claims: Claims, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = claims[name]
    if (typeof value === 'number' && Number.isFinite(value)) return Math.round(value * 1000)
  }
  return null
}

export function strings(value: unknown): readonly string[] {
  return isStrings(value) ? value : []
}

/** `cnf.jkt`, else `cnf` itself, else `binding.cnf`. */
export function bindingOf(claims: Claims): string | null {
  return text(claims['cnf'], 'jkt') ?? text(claims, 'cnf') ?? text(claims['binding'], 'cnf')
}

/** The payload of a compact token, as it stands there; `null` when it cannot be read. */
export function unverifiedPayload(token: unknown): Claims | null {
  if (typeof token !== 'string') return null
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return isObject(payload) ? payload : null
  } catch {
    return null
  }
}

/** The id of a delegation token that carries none. */
export function syntheticDelegationId(token: string): string {
  return hashedUuid(createHash('sha1').update(delegationIdInput(token)).digest())
}
