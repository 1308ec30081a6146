import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AitpError, helloChecks } from '../../../src/aitp/index.ts'
import { aitp, T0 } from '../fixtures.ts'
import { Scene } from './scene.ts'

const hello = new Scene().start().message
const ids: readonly string[] = helloChecks.map(({ id }) => id)

/** By a responder that has seen nothing yet, so that no refusal is owed to an earlier run. */
function refusalOf(text: string): unknown {
  const { b, step } = responder()
  try {
    aitp.receiveHello(b, text, step)
    return 'accepted'
  } catch (error) {
    return error
  }
}

function responder() {
  const scene = new Scene()
  return { b: scene.b, step: scene.step(T0) }
}

it('accepts the hello as it was sent', () => {
  expect(refusalOf(hello)).toBe('accepted')
})

it('refuses a hello with any single character changed, with a code and a named check', () => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_{}[]":,\\ é\u0000'
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.constantFrom(...alphabet), (index, character) => {
      fc.pre(hello[index] !== character)
      const error = refusalOf(hello.slice(0, index) + character + hello.slice(index + 1))
      expect(error).toBeInstanceOf(AitpError)
      expect(ids).toContain(error instanceof AitpError ? error.check : undefined)
    }),
    { numRuns: 1000 },
  )
})
