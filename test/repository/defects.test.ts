import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defects } from './defects.ts'
import { root } from './run-tool.ts'

const all = Array.from({ length: 78 }, (_, index) => `B-${String(index + 1).padStart(2, '0')}`)

/** Whether a text of the file, and not merely a comment, names the defect. */
function names(file: string, id: string): boolean {
  const code = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .join('\n')
  return new RegExp(`(['"\`])(?:(?!\\1|\\n).)*\\b${id}\\b(?:(?!\\1|\\n).)*\\1`).test(code)
}

test('every defect of the original is accounted for', () => {
  expect(Object.keys(defects)).toEqual(all)
})

test('a defect is named by a test of each file that is said to have one', () => {
  const unnamed = Object.entries(defects).flatMap(([id, where]) =>
    typeof where === 'string'
      ? []
      : where.filter((file) => !names(file, id)).map((file) => `${id} in ${file}`),
  )
  expect(unnamed).toEqual([])
})

test('a defect without a test says why', () => {
  const without = Object.values(defects).filter((where) => typeof where === 'string')
  for (const sentence of without) expect(sentence).toMatch(/^(belongs to a later part|does not apply): .{5,}/)
  expect(without.length).toBeLessThan(25)
})
