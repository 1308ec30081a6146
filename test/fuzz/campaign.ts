import { AitpError } from '../../src/aitp/index.ts'
import { mutateJson } from './mutate-json.ts'
import { mutateText } from './mutate-text.ts'
import { mutateToken } from './mutate-token.ts'
import { Random } from './random.ts'
import { type Subject, subjects } from './subjects.ts'

/** A mutant that should not have been judged as it was. The seed and its number make it again. */
export interface Finding {
  readonly index: number
  readonly subject: string
  readonly kind: 'crash' | 'hang' | 'wrongly accepted'
  readonly detail: string
  readonly mutant: string
}

export interface Tally {
  readonly mutants: number
  readonly refused: number
  /** Accepted with everything that was signed unchanged: other blanks, another order, a member outside the signature. */
  readonly accepted: number
  readonly findings: readonly Finding[]
}

export interface Range {
  readonly seed: number
  readonly from: number
  readonly to: number
}

/** No verification of one artefact may take longer than this. */
const HANG_MS = 1000

const weighted = subjects.flatMap((subject) => Array.from({ length: subject.weight }, () => subject))

/** Judges the mutants with these numbers. */
export function runRange({ seed, from, to }: Range, judgeWith: typeof judge = judge): Tally {
  let refused = 0
  let accepted = 0
  const findings: Finding[] = []
  for (let index = from; index < to; index++) {
    const { subject, mutant } = makeMutant(seed, index)
    const verdict = judgeWith(subject, mutant)
    if (verdict === 'refused') refused++
    else if (verdict === 'accepted') accepted++
    else findings.push({ index, subject: subject.name, mutant, ...verdict })
  }
  return { mutants: to - from, refused, accepted, findings }
}

/** Never the original itself. */
export function makeMutant(
  seed: number,
  index: number,
): { readonly subject: Subject; readonly mutant: string } {
  const random = new Random(seed, index)
  const subject = random.pick(weighted)
  let mutant = subject.text
  for (let rounds = 1 + random.below(3); rounds > 0 || mutant === subject.text; rounds--) {
    mutant = mutate(subject, mutant, random)
  }
  return { subject, mutant }
}

function mutate({ form }: Subject, text: string, random: Random): string {
  const other = random.pick(subjects).text
  if (random.chance(5)) return mutateText(text, random, other)
  if (form === 'token') return mutateToken(text, random, other)
  return isMutable(text) ? mutateJson(text, random, other) : mutateText(text, random, other)
}

function isMutable(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0
  } catch {
    return false
  }
}

type Verdict = 'refused' | 'accepted' | Pick<Finding, 'kind' | 'detail'>

export function judge(subject: Subject, mutant: string): Verdict {
  const start = performance.now()
  const verdict = verdictOn(subject, mutant)
  const elapsed = performance.now() - start
  if (elapsed > HANG_MS) return { kind: 'hang', detail: `${Math.round(elapsed)} ms` }
  return verdict
}

function verdictOn(subject: Subject, mutant: string): Verdict {
  try {
    subject.verify(mutant)
  } catch (error) {
    // Any other error is a crash: a verifier says no with a code.
    if (error instanceof AitpError) return 'refused'
    return { kind: 'crash', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  const is = subject.signed(mutant)
  const genuine = [subject.text, ...(subject.alike ?? [])].map((text) => subject.signed(text))
  return genuine.includes(is) ? 'accepted' : { kind: 'wrongly accepted', detail: is.slice(0, 400) }
}
