import { describe, expect, it } from 'vitest'
import { createIssuedTokens } from '../../agents/base/issued-tokens.ts'

const token = (jti: string, exp: number, origin?: string) => ({
  jti,
  subject: 'aid:pubkey:holder',
  grants: ['write.content'],
  exp,
  ...(origin === undefined ? {} : { origin }),
})

describe('what an agent issued', () => {
  it('is remembered with what it derives from, through every hop of a delegation', () => {
    const issued = createIssuedTokens(10)
    issued.record(token('source', 200), 100)
    issued.record(token('redeemed', 200, 'hop-2'), 100, [
      { jti: 'hop-1', origin: 'source' },
      { jti: 'hop-2', origin: 'hop-1' },
    ])
    issued.record(token('renewed', 300, 'redeemed'), 100)
    const line: string[] = []
    for (let jti: string | undefined = 'renewed'; jti !== undefined; jti = issued.originOf(jti))
      line.push(jti)
    expect(line).toEqual(['renewed', 'redeemed', 'hop-2', 'hop-1', 'source'])
    expect(issued.get('redeemed')).toMatchObject({ exp: 200, origin: 'hop-2' })
    expect(issued.get('hop-1')).toBeUndefined()
  })

  it('is refused when there is no room, and makes room only of what has expired', () => {
    const issued = createIssuedTokens(2)
    expect(issued.record(token('a', 200), 100)).toBe('recorded')
    expect(issued.record(token('b', 300), 100)).toBe('recorded')
    expect(issued.record(token('c', 300), 100)).toBe('full')
    expect(issued.record(token('c', 300), 200)).toBe('recorded')
    expect([issued.get('a'), issued.get('b')?.jti]).toEqual([undefined, 'b'])
  })

  it('cannot be drawn into another line by a delegation that bears its id', () => {
    const issued = createIssuedTokens(10)
    issued.record(token('victim', 200), 100)
    const links = [{ jti: 'victim', origin: 'source' }]
    expect(issued.record(token('redeemed', 200, 'victim'), 100, links)).toBe('conflict')
    expect(issued.originOf('victim')).toBeUndefined()
    const hop = [{ jti: 'hop', origin: 'source' }]
    expect(issued.record(token('one', 200, 'hop'), 100, hop)).toBe('recorded')
    expect(issued.record(token('again', 200, 'hop'), 100, hop)).toBe('recorded')
    expect(issued.record(token('other', 200, 'hop'), 100, [{ jti: 'hop', origin: 'b' }])).toBe('conflict')
  })

  it('stays known past its end while a token lives that derives from it', () => {
    const issued = createIssuedTokens(3)
    issued.record(token('first', 200), 100)
    issued.record(token('second', 300, 'first'), 150)
    issued.record(token('third', 400, 'second'), 250)
    expect(issued.record(token('other', 500), 250)).toBe('full')
    expect(issued.originOf('second')).toBe('first')
    expect(issued.record(token('other', 500), 400)).toBe('recorded')
  })
})
