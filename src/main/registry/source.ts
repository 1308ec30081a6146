import { posix } from 'node:path'
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type Document as YamlDocument,
} from 'yaml'
import type { Diagnostic } from '../../shared/scenario.ts'
import { confine, readConfined } from './confined-file.ts'
import { diagnose, type Position, type RuleId } from './rules.ts'

export type Path = readonly (string | number)[]

/** One YAML file with its includes resolved, which still knows where each value was written. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** What was wrong with the YAML itself; with an error here, `value` is not to be used. */
  readonly diagnostics: readonly Diagnostic[]
  /** Whether the file itself, not one it includes, does not exist. */
  readonly missing: boolean
  /** The file and all that it includes. */
  readonly files: ReadonlySet<string>
  readonly locate: Locate
}

/** The place of a value, or of its key; of the nearest value around it when there is none. */
export type Locate = (path: Path, at?: 'key' | 'value') => Position

/** YAML has none of these; in a name they could do something to whoever reads it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/

const maxIncludeDepth = 8
const maxNesting = 64
/** Aliases and includes can name one thing many times; this bounds what they unfold to. */
const maxValues = 50_000

interface Place {
  key: Position | null
  value: Position
}

interface OpenFile {
  readonly file: string
  readonly document: YamlDocument<ParsedNode, true> | YamlDocument
  readonly lines: LineCounter
  /** The files that led here, this one last. */
  readonly chain: readonly string[]
}

export function readSource(root: string, file: string): Source {
  const reading = new Reading(root)
  const start = { file, line: 1, column: 1 }
  const value = reading.file(file, [], start, [])
  const { places, diagnostics, files, missing } = reading
  const locate: Locate = (path, at = 'value') => {
    for (let length = path.length; length >= 0; length--) {
      const place = places.get(placeKey(path.slice(0, length)))
      if (place === undefined) continue
      const exact = length === path.length
      return at === 'value' && exact ? place.value : (place.key ?? place.value)
    }
    return start
  }
  return { file, value, diagnostics, missing, files, locate }
}

function placeKey(path: Path): string {
  return JSON.stringify(path)
}

class Reading {
  readonly root: string
  readonly places = new Map<string, Place>()
  readonly diagnostics: Diagnostic[] = []
  readonly files = new Set<string>()
  missing = false
  private values = 0
  private full = false

  constructor(root: string) {
    this.root = root
  }

  file(file: string, chain: readonly string[], from: Position, path: Path): unknown {
    const read = readConfined(this.root, file)
    if ('refused' in read) {
      this.missing ||= read.missing && chain.length === 0
      return this.refuse(read.refused, from, read.message)
    }
    this.files.add(file)
    const lines = new LineCounter()
    const open = { file, lines, chain: [...chain, file] }
    const document = this.parse(read.text, open)
    if (document === null) return undefined
    return this.convert(document.contents, { ...open, document }, path, null, new Set())
  }

  private parse(text: string, { file, lines }: Omit<OpenFile, 'document'>): YamlDocument | null {
    const control = controlCharacter.exec(text)
    if (control !== null) {
      const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
      this.refuse(
        'yaml-syntax',
        before(file, text, control.index),
        `There is a control character, U+${code}.`,
      )
      return null
    }
    let document: YamlDocument
    try {
      const include = { tag: '!include', resolve: (path: string) => path }
      document = parseDocument(text, { lineCounter: lines, prettyErrors: false, customTags: [include] })
    } catch {
      return this.tooDeep(file)
    }
    const found = [...document.errors, ...document.warnings]
    if (found.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return this.tooDeep(file)
    for (const { pos, message } of found) this.refuse('yaml-syntax', position(file, lines, pos[0]), message)
    return found.length > 0 ? null : document
  }

  /** The YAML parser recurses into nested collections and can exhaust the stack. */
  private tooDeep(file: string): null {
    this.refuse('yaml-syntax', { file, line: 1, column: 1 }, 'The file is nested too deeply to be read.')
    return null
  }

  private convert(
    node: Node | null,
    open: OpenFile,
    path: Path,
    key: Position | null,
    within: ReadonlySet<Node>,
  ): unknown {
    const here = node?.range ? position(open.file, open.lines, node.range[0]) : null
    const value = here ?? key ?? { file: open.file, line: 1, column: 1 }
    if (this.isFull(value, path)) return undefined
    this.places.set(placeKey(path), { key, value })
    if (node === null) return null
    if (isAlias(node)) {
      const target = node.resolve(open.document) ?? null
      if (target !== null && within.has(target)) {
        return this.refuse('yaml-syntax', value, `The alias *${node.source} is inside its own anchor.`)
      }
      return this.convert(target, open, path, key, within)
    }
    if (isScalar(node)) {
      return node.tag === '!include' ? this.include(String(node.value), open, path, value) : node.value
    }
    const inside = new Set([...within, node])
    if (isSeq(node)) {
      return node.items.map((item, index) => this.convert(item as Node, open, [...path, index], null, inside))
    }
    if (!isMap(node)) return undefined
    const entries: [string, unknown][] = []
    for (const pair of node.items) {
      const keyNode = pair.key as Node
      const keyAt = keyNode.range ? position(open.file, open.lines, keyNode.range[0]) : value
      if (!isScalar(keyNode)) {
        this.refuse('yaml-syntax', keyAt, 'A key must be plain text.')
        continue
      }
      const name = String(keyNode.value)
      entries.push([name, this.convert(pair.value as Node | null, open, [...path, name], keyAt, inside)])
    }
    // Unlike assignment, this keeps a key called `__proto__` an ordinary key.
    return Object.fromEntries(entries)
  }

  private include(target: string, open: OpenFile, path: Path, at: Position): unknown {
    const file = confine(posix.join(posix.dirname(open.file), target.replaceAll('\\', '/')))
    if (file === null || posix.isAbsolute(target)) {
      return this.refuse('outside-root', at, `${target} lies outside the scenarios root.`)
    }
    if (open.chain.includes(file)) {
      return this.refuse('include-cycle', at, `${[...open.chain, file].join(' includes ')}.`)
    }
    if (open.chain.length >= maxIncludeDepth) {
      return this.refuse('file-limit', at, `More than ${maxIncludeDepth} files include each other.`)
    }
    return this.file(file, open.chain, at, path)
  }

  private isFull(at: Position, path: Path): boolean {
    this.values += 1
    if (this.full) return true
    this.full = this.values > maxValues || path.length > maxNesting
    if (!this.full) return false
    const limit =
      path.length > maxNesting ? `is nested deeper than ${maxNesting}` : `has over ${maxValues} values`
    this.refuse('file-limit', at, `With its aliases and includes the file ${limit}.`)
    return true
  }

  private refuse(rule: RuleId, at: Position, message: string): undefined {
    this.diagnostics.push(diagnose(rule, at, message))
  }
}

/** The place of an offset in a text that has not been parsed. */
function before(file: string, text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n')
  return { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function position(file: string, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
}
