import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { parseExposition } from '../support/exposition.ts'

const head = '# HELP a_total Help.\n# TYPE a_total counter\n'

describe('the reader of expositions', () => {
  it.each([
    ['a timestamp', `${head}a_total 1 1700000000\n`],
    ['an open label', `${head}a_total{x="1} 1\n`],
    ['a quote that is not escaped', `${head}a_total{x="a"b"} 1\n`],
    ['an escape that does not exist', `${head}a_total{x="\\t"} 1\n`],
    ['a label twice', `${head}a_total{x="1",x="2"} 1\n`],
    ['a series twice', `${head}a_total 1\na_total 2\n`],
    ['a series of another family', `${head}b_total 1\n`],
    ['a family twice', `${head}a_total 1\n${head}`],
    ['a type that does not exist', '# HELP a Help.\n# TYPE a number\na 1\n'],
    ['a counter below zero', `${head}a_total -1\n`],
    ['no number', `${head}a_total one\n`],
    ['no last end', `${head}a_total 1`],
    [
      'buckets that fall',
      '# HELP h Help.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow(SyntaxError)
  })

  it.each(['"', '\\', '\n', '\\n', '}', '{', ',', 'a="b"', '\\"', '\u2028', ''])(
    'reads back %j as it was written',
    async (hostile) => {
      const registry = new Registry()
      new Counter({ name: 'a_total', help: 'Help.', labelNames: ['x'], registers: [registry] }).inc({
        x: hostile,
      })
      const [family] = parseExposition(await registry.metrics())
      expect(family?.series).toEqual([{ name: 'a_total', labels: { x: hostile }, value: 1 }])
    },
  )
})
