import { mutateJson } from './mutate-json.ts'
import { mutateText } from './mutate-text.ts'
import type { Random } from './random.ts'

/** Changes what is inside one segment of a token, or the segments themselves. */
export function mutateToken(token: string, random: Random, other: string): string {
  const segments = token.split('.')
  if (segments.length !== 3 || random.chance(4)) return mutateText(token, random, other)
  const at = random.below(3)
  const segment = segments[at] ?? ''
  switch (random.below(5)) {
    case 0:
      segments[at] = other.split('.')[at] ?? other.slice(0, 86)
      break
    case 1:
      segments[at] = ''
      break
    case 2:
      segments[at] = mutateText(segment, random, other)
      break
    default:
      segments[at] = at === 2 ? changedBytes(segment, random) : changedJson(segment, random, other)
  }
  return segments.join('.')
}

function changedBytes(segment: string, random: Random): string {
  const bytes = Buffer.from(segment, 'base64url')
  const at = random.below(Math.max(bytes.length, 1))
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes.toString('base64url')
}

function changedJson(segment: string, random: Random, other: string): string {
  const text = Buffer.from(segment, 'base64url').toString()
  return Buffer.from(isJson(text) ? mutateJson(text, random, other) : text).toString('base64url')
}

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0
  } catch {
    return false
  }
}
