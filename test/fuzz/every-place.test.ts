import { describe, expect, it } from 'vitest'
import { judge } from './campaign.ts'
import { type Subject, subjects } from './subjects.ts'

/** What is wrong with how these mutants were judged: crashes, hangs, acceptances of something else than was signed. */
function findings(subject: Subject, mutants: Iterable<string>): string[] {
  const found: string[] = []
  for (const mutant of mutants) {
    if (mutant === subject.text) continue
    const verdict = judge(subject, mutant)
    if (typeof verdict !== 'string') found.push(`${verdict.kind}: ${verdict.detail} ${mutant}`)
  }
  return found
}

function* everyCharacter(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    yield text.slice(0, at) + text.slice(at + 1)
    yield text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
  }
}

type Place = { readonly holder: Record<string, unknown>; readonly name: string }

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])])
}

const MISSING = Symbol('missing')
const replacements: readonly unknown[] = [MISSING, null, true, -1, 2 ** 53, '', 'x', [], {}, { a: {} }]

/** Each member removed and put in place of by a value of each type. */
function* everyMember(text: string): Generator<string> {
  const count = placesIn(JSON.parse(text)).length
  for (let index = 0; index < count; index++) {
    for (const replacement of replacements) {
      const tree: unknown = JSON.parse(text)
      const { holder, name } = placesIn(tree)[index] ?? { holder: {}, name: '' }
      if (replacement === MISSING) delete holder[name]
      else holder[name] = replacement
      yield JSON.stringify(tree)
    }
  }
}

/** Each member given twice, which `JSON.parse` lets pass. */
function* everyMemberTwice(text: string): Generator<string> {
  for (const { index, 0: member } of text.matchAll(/"\w+":/g)) {
    yield `${text.slice(0, index)}${member}0,${text.slice(index)}`
  }
}

describe.each(
  subjects.filter(({ form }) => form === 'token').map((subject) => [subject.name, subject] as const),
)('%s', (_, subject) => {
  it('is refused with any one character left out or another', () => {
    expect(findings(subject, everyCharacter(subject.text))).toEqual([])
  })

  it('is refused with any claim missing or of another type', () => {
    const [header = '', payload = '', signature = ''] = subject.text.split('.')
    const claims = Buffer.from(payload, 'base64url').toString()
    const mutants = [...everyMember(claims), ...everyMemberTwice(claims)].map(
      (changed) => `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`,
    )
    expect(findings(subject, mutants)).toEqual([])
  })
})

describe.each(
  subjects.filter(({ form }) => form === 'json').map((subject) => [subject.name, subject] as const),
)('%s', (_, subject) => {
  it('is refused with any member missing, of another type or given twice, unless nothing signed is changed', () => {
    expect(findings(subject, [...everyMember(subject.text), ...everyMemberTwice(subject.text)])).toEqual([])
  })
})
