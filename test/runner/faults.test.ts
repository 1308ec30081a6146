import { describe, expect, it } from 'vitest'
import { planFaults } from '../../src/main/runner/plan-faults.ts'

describe('planFaults', () => {
  it('gives each agent its faults in the order they were asked for', () => {
    expect([...planFaults({ delay: ['a', 'b'], drop: ['a'] }, ['a', 'b', 'c'])]).toEqual([
      ['a', ['delay', 'drop']],
      ['b', ['delay']],
    ])
  })

  it.each([
    ['an unknown kind', { flood: ['a'] }, 'flood'],
    ['an unknown agent', { delay: ['z'] }, 'no agent z'],
    ['a kind that needs more than a target', { wrong_audience: ['a'] }, 'wrong_audience'],
  ])('refuses %s', (_what, injection, named) => {
    expect(() => planFaults(injection, ['a'])).toThrow(expect.objectContaining({ code: 'invalid_body' }))
    expect(() => planFaults(injection, ['a'])).toThrow(named)
  })
})
