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
  it('writes numbers, booleans, objects and lists as JSON', () => {
    const inputs = { n: 3, yes: true, list: [1, 'a'], object: { k: null } }
    expect(
      renderTemplate('{{ inputs.n }} {{ inputs.yes }} {{ inputs.list }} {{ inputs.object }}', inputs),
    ).toBe('3 true [1,"a"] {"k":null}')
  })

  it('leaves unknown names as written, and never renders what an input contains', () => {
    expect(renderTemplate('{{ inputs.none }}', {})).toBe('{{ inputs.none }}')
    expect(renderTemplate('{{ inputs.toString }}', {})).toBe('{{ inputs.toString }}')
    expect(renderTemplate('{{ inputs.a }}', { a: '{{ inputs.b }} $& $1', b: 'no' })).toBe(
      '{{ inputs.b }} $& $1',
    )
  })
})
