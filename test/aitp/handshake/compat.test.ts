import { describe, expect, it } from 'vitest'
import { currentOnly, transition } from '../../../src/aitp/index.ts'
import { refusal } from '../fixtures.ts'
import { Scene } from './scene.ts'

describe('the timestamp of a pinned-key proof', () => {
  const shake = (a: object, b: object) =>
    refusal(() => new Scene({ compat: a }, { compat: b }).untilCommitAck())
  const emitBinary = { emitBinaryPinnedTimestamp: true }

  it('is written in decimal digits, which every peer reads', () => {
    expect(shake(currentOnly, currentOnly)).toBe('accepted')
    expect(shake(transition, transition)).toBe('accepted')
    expect(shake(transition, currentOnly)).toBe('accepted')
  })

  it('is written in eight bytes only when asked to, and read so only where that is allowed', () => {
    expect(shake(emitBinary, currentOnly)).toBe('IDENTITY_FAILED identity.proof')
    expect(shake(currentOnly, emitBinary)).toBe('IDENTITY_FAILED identity.proof')
    expect(shake({ ...transition, ...emitBinary }, { ...transition, ...emitBinary })).toBe('accepted')
  })
})

it('the transition accepts more than the current text and emits nothing else', () => {
  expect(currentOnly).toEqual({})
  expect(Object.keys(transition).filter((name) => name.startsWith('emit'))).toEqual([])
  expect(Object.isFrozen(transition) && Object.isFrozen(currentOnly)).toBe(true)
})
