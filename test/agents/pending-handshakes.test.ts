import { describe, expect, it } from 'vitest'
import { createPendingHandshakes } from '../../agents/base/pending-handshakes.ts'
import type { AwaitingCommit } from '../../src/aitp/index.ts'

const until = (expiresAt: number) => ({ expiresAt }) as AwaitingCommit

describe('handshakes that wait for their commit', () => {
  it('are forgotten when their time is over, and make room then (B-39)', () => {
    const pending = createPendingHandshakes(1)
    expect(pending.put('first', until(130), 100)).toBe(true)
    expect(pending.get('first', 129)).toBeDefined()
    expect(pending.get('first', 130)).toBeUndefined()
    expect(pending.put('second', until(160), 130)).toBe(true)
  })

  it('are no more than there is room for, and none gives way to a stranger (B-39)', () => {
    const pending = createPendingHandshakes(2)
    expect(['a', 'b', 'c'].map((id) => pending.put(id, until(200), 100))).toEqual([true, true, false])
    expect(pending.get('a', 100)).toBeDefined()
    expect(pending.get('c', 100)).toBeUndefined()
  })
})
