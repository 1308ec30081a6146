import type { Aitp } from '../aitp/index.ts'
import type { Body, DecodedToken } from './exchange.ts'
import type { HeaderFields } from './header-fields.ts'
import type { Report } from './report.ts'

/** Characters of a body that are kept; more is cut and marked. */
const keptCharacters = 64 * 1024
/** More than any message of the protocol has; a hostile one must not make its own record impossible. */
const mostTokens = 32
const deepest = 64
const longestPath = 200
const secretHeaders = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'x-api-key'])

export function captureBody(text: string): Body {
  const truncated = text.length > keptCharacters
  return { text: truncated ? text.slice(0, keptCharacters) : text, bytes: utf8Length(text), truncated }
}

/** Counted here, as this folder has no text encoder; half a surrogate pair is written as U+FFFD. */
function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

/** Header fields as they were, with secrets replaced. */
export function captureHeaders(headers: Iterable<readonly [string, string]>): [string, string][] {
  return [...headers].map(([name, value]) => [
    name,
    secretHeaders.has(name.toLowerCase()) ? '(secret)' : value,
  ])
}

/** One pair a value, as captures hold them. */
export function incomingHeaders(headers: HeaderFields): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
}

/** Every compact JWS in the headers or anywhere in a JSON body, decoded for display. */
export function findTokens(
  aitp: Pick<Aitp, 'decodeToken' | 'fingerprint'>,
  headers: Iterable<readonly [string, string]>,
  bodyText: string,
): DecodedToken[] {
  const found: DecodedToken[] = []
  const look = (path: string, text: string) => {
    if (found.length >= mostTokens || !/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text)) return
    const decoded = aitp.decodeToken(text)
    if (decoded === null) return
    found.push({
      path: path.length > longestPath ? `${path.slice(0, longestPath)}…` : path,
      kind: decoded.kind,
      token: text,
      fingerprint: aitp.fingerprint(text),
      header: { ...decoded.header },
      claims: { ...decoded.claims },
    })
  }
  for (const [name, value] of headers) look(`header ${name}`, value)
  walk({ path: '', depth: 0 }, parse(bodyText), look)
  return found
}

function walk(
  at: { readonly path: string; readonly depth: number },
  value: unknown,
  look: (path: string, text: string) => void,
): void {
  if (typeof value === 'string') look(at.path, value)
  if (typeof value !== 'object' || value === null || at.depth === deepest) return
  for (const [key, member] of Object.entries(value)) {
    const path = at.path === '' ? key : `${at.path}.${key}`
    walk({ path: path.slice(0, longestPath + 1), depth: at.depth + 1 }, member, look)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The ladder of a message that carries no signature: one rung, skipped, with the reason. */
export function unsignedReport(now: number, reason: string): Report {
  return {
    subject: 'unsigned',
    verdict: 'accepted',
    code: null,
    checked_at: now,
    checks: [
      {
        id: 'unsigned',
        title: 'Message carries nothing that can be verified',
        section: 'RFC-AITP-0004',
        status: 'skipped',
        expected: null,
        actual: reason,
      },
    ],
  }
}
