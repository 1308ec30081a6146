import { mutateText } from './mutate-text.ts'
import { mutateToken } from './mutate-token.ts'
import type { Random } from './random.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const values: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1711900000,
  1711900000.5,
  2 ** 53,
  1e21,
  '',
  'x',
  ' ',
  '\ud800',
  'aitp/0.1',
  [],
  [null],
  {},
  { a: 1 },
  [[]],
  'aid:pubkey:',
  'A'.repeat(86),
  'A'.repeat(22),
  '00000000-0000-4000-8000-000000000000',
]

/** Changes one place in a JSON document, or only how it is written. */
export function mutateJson(text: string, random: Random, other: string): string {
  const tree: Json = JSON.parse(text)
  if (random.chance(12)) return rewritten(tree, random)
  const places = placesIn(tree)
  const { holder, name } = random.pick(places)
  change(holder, name, random, other)
  const written = JSON.stringify(tree)
  return random.chance(10) ? mutateText(written, random, other) : written
}

interface Place {
  readonly holder: { [name: string]: Json } | Json[]
  readonly name: string
}

function placesIn(value: Json): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [{ holder: value, name }, ...placesIn(member)])
}

function change(holder: Place['holder'], name: string, random: Random, other: string): void {
  const record = holder as { [name: string]: Json }
  const value = record[name] ?? null
  switch (random.below(7)) {
    case 0:
      delete record[name]
      return
    case 1:
      record[name] = random.pick(values)
      return
    case 2:
      record[random.pick(['extensions', 'ext', 'x', `${name}2`, '__proto__', 'constructor', 'nbf', 'jti'])] =
        random.pick([value, ...values])
      return
    case 3:
      if (Array.isArray(value)) value.push(random.pick(values))
      else record[name] = [value]
      return
    default:
      record[name] = changedScalar(value, random, other)
  }
}

function changedScalar(value: Json, random: Random, other: string): Json {
  if (typeof value === 'number') return value + random.pick([1, -1, 0.5, 301, -301, 3600, 1e9, -value])
  if (typeof value !== 'string') return random.pick(values)
  return value.split('.').length === 3 && value.startsWith('eyJ')
    ? mutateToken(value, random, other)
    : mutateText(value, random, other)
}

/** The same document otherwise written: order, blanks, escapes, a member given twice. */
function rewritten(tree: Json, random: Random): string {
  const written = JSON.stringify(tree, null, random.below(4))
  switch (random.below(4)) {
    case 0:
      return written.replace(/"([a-z])/g, (_, letter) => `"\\u00${letter.charCodeAt(0).toString(16)}`)
    case 1:
      return JSON.stringify(reversed(tree))
    case 2:
      return written.replace(/"(\w+)":/, (member) => `${member}null,${member}`)
    default:
      return ` ${written}\n`
  }
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}
