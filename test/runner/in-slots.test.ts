import { describe, expect, it } from 'vitest'
import { inSlots } from '../../src/main/runner/in-slots.ts'

describe('inSlots', () => {
  it('works on so many at a time and no more', async () => {
    let busy = 0
    let most = 0
    await inSlots([1, 2, 3, 4, 5], 2, async () => {
      busy += 1
      most = Math.max(most, busy)
      await new Promise((resolve) => setImmediate(resolve))
      busy -= 1
    })
    expect(most).toBe(2)
  })

  it('throws the first failure once what was under way has settled, and begins nothing after it', async () => {
    const done: number[] = []
    const work = async (item: number) => {
      if (item === 1) throw new Error('one')
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      done.push(item)
    }
    await expect(inSlots([1, 2, 3, 4], 2, work)).rejects.toThrow('one')
    expect(done).toEqual([2])
  })
})
