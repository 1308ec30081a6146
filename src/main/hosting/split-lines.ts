import type { Readable } from 'node:stream'

const longestLine = 16 * 1024
const cutMark = ' … (the rest of this line is not kept)'

/**
 * Tells a text stream line by line, the last one also without its end. Of a line only the first 16 Ki characters are
 * told, with a mark behind them, as soon as there are more: what a program writes must not fill our memory.
 */
export function splitLines(source: Readable, onLine: (line: string) => void): void {
  let line = ''
  let isCut = false

  function add(text: string): void {
    if (isCut) return
    line += text
    if (line.length <= longestLine) return
    isCut = true
    onLine(line.slice(0, longestLine) + cutMark)
    line = ''
  }

  function finish(): void {
    if (!isCut) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    line = ''
    isCut = false
  }

  source.setEncoding('utf8')
  source.on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n')
    add(first)
    for (const next of others) {
      finish()
      add(next)
    }
  })
  source.on('end', () => {
    if (line !== '') finish()
  })
}
