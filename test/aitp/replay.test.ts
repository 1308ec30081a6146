import { describe, expect, it } from 'vitest'
import { createReplayStore } from '../../src/aitp/replay.ts'

describe('replay store', () => {
  it('knows an id for 600 s after it was recorded', () => {
    const store = createReplayStore({ capacity: 10 })
    expect(store.checkAndRecord('a', 'id', 1000)).toBe('recorded')
    expect([store.has('a', 'id', 1000), store.has('a', 'id', 1599), store.has('a', 'id', 1600)]).toEqual([
      true,
      true,
      false,
    ])
    expect(store.checkAndRecord('a', 'id', 1600)).toBe('recorded')
  })

  it('refuses the second of two copies', () => {
    const store = createReplayStore({ capacity: 10 })
    expect([store.checkAndRecord('a', 'id', 0), store.checkAndRecord('a', 'id', 1)]).toEqual([
      'recorded',
      'replayed',
    ])
  })

  it('keeps the ids of different senders apart', () => {
    const store = createReplayStore({ capacity: 10 })
    store.checkAndRecord('a', 'id', 0)
    expect(store.has('b', 'id', 0)).toBe(false)
  })

  it('asking records nothing', () => {
    const store = createReplayStore({ capacity: 10 })
    expect([store.has('a', 'id', 0), store.size]).toEqual([false, 0])
  })

  it('when full refuses what is new and forgets nothing that is alive', () => {
    const store = createReplayStore({ capacity: 2 })
    store.checkAndRecord('a', '1', 0)
    store.checkAndRecord('a', '2', 10)
    expect(store.checkAndRecord('a', '3', 20)).toBe('full')
    expect([store.has('a', '1', 20), store.has('a', '2', 20), store.size]).toEqual([true, true, 2])
    expect(store.checkAndRecord('a', '3', 600)).toBe('recorded')
  })

  it('is not made without room, or with a retention that leaves a gap', () => {
    expect(() => createReplayStore({ capacity: 0 })).toThrow(TypeError)
    expect(() => createReplayStore({ capacity: 1, retentionSecs: 300 })).toThrow(TypeError)
  })
})
