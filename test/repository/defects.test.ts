import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defects } from './defects.ts'
import { drift } from './drift.ts'
import { root } from './run-tool.ts'

const numbered = (letter: string, length: number) =>
  Array.from({ length }, (_, index) => `${letter}-${String(index + 1).padStart(2, '0')}`)

const registers = [
  { what: 'defect of the original', register: defects, ids: numbered('B', 78) },
  { what: 'difference of the Control Plane', register: drift, ids: numbered('D', 22) },
]

/** Whether a text of the file, and not merely a comment, names the defect. */
function names(file: string, id: string): boolean {
  const code = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .join('\n')
  return new RegExp(`(['"\`])(?:(?!\\1|\\n).)*\\b${id}\\b(?:(?!\\1|\\n).)*\\1`).test(code)
}

describe.each(registers)('every $what', ({ register, ids }) => {
  test('is accounted for', () => {
    expect(Object.keys(register)).toEqual(ids)
  })

  test('is named by a test of each file that is said to have one', () => {
    const unnamed = Object.entries(register).flatMap(([id, where]) =>
      typeof where === 'string'
        ? []
        : where.filter((file) => !names(file, id)).map((file) => `${id} in ${file}`),
    )
    expect(unnamed).toEqual([])
  })

  test('says why where it has no test', () => {
    const without = Object.values(register).filter((where) => typeof where === 'string')
    for (const sentence of without) expect(sentence).toMatch(/^does not apply: .{5,}/)
    expect(without.length).toBeLessThan(10)
  })
})
