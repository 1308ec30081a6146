import { describe, expect, it } from 'vitest'
import { judge, makeMutant, runRange } from './campaign.ts'
import { subjects } from './subjects.ts'

const seed = 20260801

describe('the subjects', () => {
  it.each(subjects.map((subject) => [subject.name, subject] as const))(
    '%s is accepted as it is, again and again',
    (_, subject) => {
      for (let times = 0; times < 3; times++) expect(() => subject.verify(subject.text)).not.toThrow()
      expect(subject.signed(subject.text).length).toBeGreaterThan(50)
    },
  )
})

describe('a sample of the campaign', () => {
  it('no mutant crashes or hangs a verifier, and none is accepted whose signed part differs', () => {
    const { mutants, refused, accepted, findings } = runRange({ seed, from: 0, to: 12_000 })
    expect(findings).toEqual([])
    expect(refused + accepted).toBe(mutants)
    // Mutants that change nothing signed show that acceptance is reached at all.
    expect(accepted).toBeGreaterThan(50)
  }, 60_000)

  it('makes the same mutants from the same seed, others from another, and never the original', () => {
    const mutants = (of: number) => Array.from({ length: 300 }, (_, index) => makeMutant(of, index))
    expect(mutants(seed)).toEqual(mutants(seed))
    expect(mutants(seed)).not.toEqual(mutants(seed + 1))
    for (const { subject, mutant } of mutants(seed)) expect(mutant).not.toBe(subject.text)
    expect(new Set(mutants(seed).map(({ subject }) => subject.name)).size).toBeGreaterThan(10)
  })

  it('would find a crash and a wrong acceptance', () => {
    const [subject] = subjects
    if (subject === undefined) throw new TypeError('there are subjects')
    const lenient = { ...subject, verify: () => undefined }
    const fragile = {
      ...subject,
      verify: () => {
        throw new RangeError('index')
      },
    }
    const kinds = [lenient, fragile].map((broken) =>
      judge(broken, `${subject.text.slice(0, 40)}A${subject.text.slice(40)}`),
    )
    expect(kinds).toMatchObject([{ kind: 'wrongly accepted' }, { kind: 'crash' }])
  })
})
