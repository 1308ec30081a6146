import { HarnessError } from './answer.ts'
import { isTree, type Tree } from './tree.ts'

/** Reads the parameters of an operation. What is missing or of another type is the requester's mistake. */
export class Params {
  readonly tree: Tree

  constructor(tree: Tree) {
    this.tree = tree
  }

  has(name: string): boolean {
    return this.tree[name] !== undefined && this.tree[name] !== null
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name, 'a string')
  }

  optionalText(name: string): string | undefined {
    return this.#optional(name, 'a string', (value) => typeof value === 'string')
  }

  integer(name: string): number {
    return this.optionalInteger(name) ?? this.#missing(name, 'an integer')
  }

  optionalInteger(name: string): number | undefined {
    return this.#optional(name, 'an integer', (value): value is number => Number.isSafeInteger(value))
  }

  object(name: string): Params {
    return this.optionalObject(name) ?? this.#missing(name, 'an object')
  }

  optionalObject(name: string): Params | undefined {
    const tree = this.#optional(name, 'an object', isTree)
    return tree === undefined ? undefined : new Params(tree)
  }

  optionalObjects(name: string): readonly Params[] | undefined {
    const items = this.#optional(name, 'an array of objects', isTrees)
    return items?.map((item) => new Params(item))
  }

  texts(name: string): readonly string[] {
    return this.optionalTexts(name) ?? this.#missing(name, 'an array of strings')
  }

  optionalTexts(name: string): readonly string[] | undefined {
    return this.#optional(name, 'an array of strings', isTexts)
  }

  /** A member as the JSON text in which it travels. */
  json(name: string): string {
    if (!this.has(name)) return this.#missing(name, 'a JSON value')
    return JSON.stringify(this.tree[name])
  }

  #optional<T>(name: string, expected: string, holds: (value: unknown) => value is T): T | undefined {
    const value = this.tree[name]
    if (value === undefined || value === null) return undefined
    return holds(value) ? value : this.#missing(name, expected)
  }

  #missing(name: string, expected: string): never {
    throw new HarnessError('INVALID_REQUEST', `${name} must be ${expected}`)
  }
}

function isTrees(value: unknown): value is Tree[] {
  return Array.isArray(value) && value.every(isTree)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
