import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readSource } from '../../src/main/registry/source.ts'

const root = mkdtempSync(join(tmpdir(), 'source-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function read(text: string | Uint8Array) {
  writeFileSync(join(root, 'a.yaml'), text)
  return readSource(root, 'a.yaml')
}

const key = fc.string({ minLength: 1, unit: 'grapheme-ascii' })
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

test('what YAML wrote is what is read, and every value is found where it is', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const source = read(stringify(value))
      expect(source.diagnostics).toEqual([])
      expect(source.value).toEqual(value)
      expect(source.locate([])).toMatchObject({ file: 'a.yaml', line: 1 })
    }),
  )
})

test('no bytes make reading throw, and what cannot be read has a place in the file', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        fc.stringMatching(/^[[\]{}&*!:\-\n ,a'"|>?#%]{0,40}$/),
      ),
      (text) => {
        for (const { line, column } of read(text).diagnostics) {
          expect(line).toBeGreaterThan(0)
          expect(column).toBeGreaterThan(0)
        }
      },
    ),
  )
})

test.each([
  ['square brackets', '['.repeat(100_000)],
  ['indentation', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['the same key many times', `? \n`.repeat(20_000)],
])('very deep or very wide YAML is refused in time: %s', (_title, text) => {
  const started = performance.now()
  expect(read(text).diagnostics.length).toBeGreaterThan(0)
  expect(performance.now() - started).toBeLessThan(5_000)
})
