/** Numbers that follow from a seed, so that every case can be made again from the seed and its own number. */
export class Random {
  #state: number

  constructor(seed: number, index: number) {
    this.#state = mix(seed ^ mix(index + 0x9e3779b9))
  }

  /** 0 to `below` − 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    return mix(this.#state) % below
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new TypeError('there is nothing to pick from')
    return item
  }
}

function mix(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
