import { describe, expect, it } from 'vitest'
import { renderTemplate, stepInput } from '../../src/main/runner/step-input.ts'

describe('stepInput', () => {
  const context = { inputs: { topic: 'boats', count: 2 }, outputs: { research: { findings: 'f' } } }

  it('prefers an earlier output, then the template, then all inputs', () => {
    expect(stepInput({ input_from: 'research', input_template: 'x' }, context)).toEqual({ findings: 'f' })
    expect(stepInput({ input_template: 'On {{ inputs.topic }}.' }, context)).toBe('On boats.')
    expect(stepInput({}, context)).toEqual({ topic: 'boats', count: 2 })
  })
})

describe('renderTemplate', () => {
  const rendered = (
    template: string,
    inputs: Record<string, unknown>,
    outputs: Record<string, unknown> = {},
  ) => renderTemplate(template, { inputs, outputs })

  it('writes numbers, booleans, objects and lists as JSON', () => {
    const inputs = { n: 3, yes: true, list: [1, 'a'], object: { k: null } }
    expect(rendered('{{ inputs.n }} {{ inputs.yes }} {{ inputs.list }} {{ inputs.object }}', inputs)).toBe(
      '3 true [1,"a"] {"k":null}',
    )
  })

  it('finds values in what earlier steps left, members of lists by number', () => {
    const outputs = {
      research: { sources: ['a', 'b'], depth: { level: 2 } },
      'no-trust': { status_code: 403 },
    }
    expect(rendered('{{ outputs.research.sources.1 }}/{{ outputs.research.depth }}', {}, outputs)).toBe(
      'b/{"level":2}',
    )
    expect(rendered('{{ outputs.no-trust.status_code }}', {}, outputs)).toBe('403')
  })

  it('takes the whole name of an input before a path into one', () => {
    expect(rendered('{{ inputs.a.b }}', { 'a.b': 'whole', a: { b: 'path' } })).toBe('whole')
    expect(rendered('{{ inputs.a.b }}', { a: { b: 'path' } })).toBe('path')
  })

  it('leaves unknown names as written, and never renders what a value contains', () => {
    expect(rendered('{{ inputs.none }}', {})).toBe('{{ inputs.none }}')
    expect(rendered('{{ inputs.toString }}', {})).toBe('{{ inputs.toString }}')
    expect(rendered('{{ inputs.a }}', { a: '{{ inputs.b }} $& $1', b: 'no' })).toBe('{{ inputs.b }} $& $1')
  })

  it('refuses a path into an output that there is not', () => {
    expect(() => rendered('{{ outputs.research.report }}', {}, { research: { findings: 'f' } })).toThrow(
      '{{ outputs.research.report }} names nothing',
    )
  })
})
