import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { type Implementation, ownImplementation } from '../../src/main/conformance/implementation.ts'
import { loadFixtures } from '../../src/main/conformance/load-fixtures.ts'
import { KeyRing, NOW } from '../../src/main/conformance/minter/keys.ts'
import { mint } from '../../src/main/conformance/minter/mint.ts'
import type { Tree } from '../../src/main/conformance/tree.ts'

export const fixturesFolder = fileURLToPath(new URL('../vectors/aitp/conformance', import.meta.url))
export const fixtures = loadFixtures(fixturesFolder)
export const ring = new KeyRing(nodeEngine, createAitp(nodeEngine))

/** An instance that has seen nothing yet. */
export function own(forOlderRunner = false): Implementation {
  return ownImplementation({ engine: nodeEngine, version: '0.0.0', now: NOW, randomBytes, forOlderRunner })
}

export function fixtureNamed(id: string) {
  const found = fixtures.find((fixture) => fixture.id === id)
  if (found === undefined) throw new TypeError(`no fixture ${id}`)
  return found
}

/** The minted input of a fixture. */
export function minted(id: string): Tree {
  return mint(fixtureNamed(id).input, ring).input
}
