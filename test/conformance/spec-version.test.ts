import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Copied {
  readonly hash: string
  readonly source: string
  readonly file: string
}

const copied = readFileSync(`${root}SPEC_VERSION`, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Copied => {
    const [hash = '', source = '', file = ''] = line.split('  ')
    return { hash, source, file }
  })

/** Files whose content is not what `SPEC_VERSION` says. */
function drifted(list: readonly Copied[], read = (file: string) => readFileSync(`${root}${file}`)): string[] {
  return list
    .filter(({ hash, file }) => createHash('sha256').update(read(file)).digest('hex') !== hash)
    .map(({ file }) => file)
}

it('what is copied from the specification is what was copied', () => {
  expect(drifted(copied)).toEqual([])
})

it('a changed byte would be found', () => {
  const [first] = copied
  expect(drifted(copied.slice(0, 1), () => Buffer.from('{}'))).toEqual([first?.file])
})

it('every copied file is listed once, with repository and commit', () => {
  const files = ['conformance', 'schemas', 'known-answer'].flatMap((folder) => {
    const path = `test/vectors/aitp/${folder}`
    return readdirSync(`${root}${path}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => `${path}/${file}`)
  })
  expect(copied.map(({ file }) => file).sort()).toEqual(files.sort())
  for (const { source } of copied) {
    expect(source).toMatch(/^agentidentitytrustprotocol\/[a-z-]+@[0-9a-f]{40}$/)
  }
})
