import type { Random } from './random.ts'

/** What tends to upset parsers. */
const fragments = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '.',
  '..',
  '=',
  '==',
  '\0',
  '\ufeff',
  '\ud800',
  '\u2028',
  '\\ud800',
  '\\u0000',
  '__proto__',
  'constructor',
  '"__proto__":{},',
  'null',
  'true',
  '-0',
  '1e999',
  '9007199254740993',
  '0.1',
  '1E3',
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  '//',
  '/*',
  "'",
  'NaN',
  '+',
  '/',
  '-',
  '_',
  'A',
  'aid:pubkey:',
  'p256.',
  'ed25519.',
] as const

type TextMutation = (text: string, random: Random, other: string) => string

/** Changes to the characters, whatever they mean. */
const textMutations: readonly TextMutation[] = [
  (text, random) => {
    const at = random.below(text.length)
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(7))))
  },
  (text, random) => splice(text, random.below(text.length), 1, String.fromCharCode(random.below(128))),
  (text, random) => splice(text, random.below(text.length), 1 + random.below(8), ''),
  (text, random) => splice(text, random.below(text.length + 1), 0, random.pick(fragments)),
  (text, random) => splice(text, random.below(text.length), random.below(6), random.pick(fragments)),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => text.slice(random.below(text.length)),
  (text, random) => text + text.slice(random.below(text.length)),
  (text, random, other) => text.slice(0, random.below(text.length)) + other.slice(random.below(other.length)),
  (text, random) => {
    const [at, length] = [random.below(text.length), 1 + random.below(20)]
    return splice(text, at, 0, text.slice(at, at + length))
  },
  (text, random) => {
    const at = random.below(text.length)
    return splice(text, at, 1, swapCase(text.charAt(at)))
  },
  (text, random) => splice(text, random.below(text.length + 1), 0, random.pick([' ', '\n', '\t', '\r'])),
]

export function mutateText(text: string, random: Random, other: string): string {
  return text === '' ? random.pick(fragments) : random.pick(textMutations)(text, random, other)
}

function splice(text: string, at: number, remove: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + remove)
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
}
