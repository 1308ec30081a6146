import type { Engine, KnownKey, KnownKeys } from './engine.ts'

const MOST_KEYS = 512

/** The engine with a memory of its own for keys. */
export function rememberingKeys(engine: Engine): Engine {
  const knownKeys = createKnownKeys()
  const bound: Engine = Object.create(engine, { knownKeys: { value: knownKeys } })
  return bound
}

/** The key kept longest goes first. */
export function createKnownKeys(capacity: number = MOST_KEYS): KnownKeys {
  const keys = new Map<string, KnownKey>()
  return {
    get: (aid) => keys.get(aid),
    set(aid, key) {
      const oldest = keys.keys().next().value
      if (keys.size >= capacity && oldest !== undefined) keys.delete(oldest)
      keys.set(aid, key)
    },
  }
}
