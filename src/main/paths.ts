import { join } from 'node:path'

/** Where the parts that ship with the console lie, seen from the folder of a built entry point (`out/main`). */
export interface ShippedPaths {
  readonly scenarios: string
  readonly agents: string
  /** The program that other people's programs run under. */
  readonly guard: string
  readonly pages: string
}

export function shippedPaths(entryFolder: string): ShippedPaths {
  const out = join(entryFolder, '..')
  return {
    scenarios: join(out, '..', 'scenarios'),
    agents: join(out, 'agents'),
    guard: join(out, 'main', 'guard.js'),
    pages: join(out, 'renderer'),
  }
}

/** The conformance fixtures of the specification, in a clone. */
export function shippedFixtures({ scenarios }: ShippedPaths): string {
  return join(scenarios, '..', 'test', 'vectors', 'aitp', 'conformance')
}

/** What `bench` starts where the agents would be. */
export function shippedBareAgent({ agents }: ShippedPaths): string {
  return join(agents, '..', 'bench', 'bare-agent.cjs')
}
