import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { splitLines } from '../../src/main/hosting/split-lines.ts'

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = []
  const source = new PassThrough()
  splitLines(source, (line) => lines.push(line))
  for (const chunk of chunks) source.write(chunk)
  source.end()
  await once(source, 'end')
  return lines
}

describe('splitLines', () => {
  it('tells each line once, wherever the chunks end', async () => {
    const euro = Buffer.from('€')
    expect(await linesOf('a\nb', 'c\r', '\n\n', euro.subarray(0, 1), euro.subarray(1), '\nlast')).toEqual([
      'a',
      'bc',
      '',
      '€',
      'last',
    ])
  })

  it('tells the beginning of a line that is too long, marked once, and the next one whole', async () => {
    const chunk = 'x'.repeat(10 * 1024)
    const [cut, ...others] = await linesOf(chunk, chunk, chunk, `${chunk}\nnext\n`)
    expect(cut).toMatch(/^x{16384} … \(the rest of this line is not kept\)$/)
    expect(others).toEqual(['next'])
    expect(await linesOf(`${'x'.repeat(16 * 1024)}\n`)).toEqual(['x'.repeat(16 * 1024)])
  })
})
