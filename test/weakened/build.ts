import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'
import { repositoryRoot } from '../support/repository.ts'

/** One piece of source that is taken out of one module before the worker is bundled. */
export interface Cut {
  /** What is gone then, as somebody would say it. */
  readonly what: string
  /** Below the repository's root. */
  readonly module: string
  /** Exactly as it is written there, and there once. */
  readonly find: string
  readonly replace: string
}

/**
 * Bundles a worker as the build does, but with something taken out of it. Rejects when a piece is not there exactly
 * once, or when its module is not part of the worker: then the source has moved on and the table has not.
 */
export async function buildWeakened(worker: string, cuts: readonly Cut[], folder: string): Promise<void> {
  const done = new Set<Cut>()
  const weakening: Plugin = {
    name: 'weakening',
    load(id) {
      const own = cuts.filter(({ module }) => join(repositoryRoot, module) === id)
      if (own.length === 0) return null
      const code = own.reduce(apply, readFileSync(id, 'utf8'))
      for (const cut of own) done.add(cut)
      return { code, moduleType: 'ts' }
    },
  }
  const bundle = await rolldown({
    input: join(repositoryRoot, 'agents', worker, 'index.ts'),
    platform: 'node',
    logLevel: 'warn',
    plugins: [weakening],
  })
  await bundle.write({ file: join(folder, `${worker}.cjs`), format: 'cjs', codeSplitting: false })
  await bundle.close()
  const unused = cuts.find((cut) => !done.has(cut))
  if (unused) throw new Error(`${unused.module} is no part of the worker ${worker}`)
}

function apply(code: string, { module, find, replace }: Cut): string {
  const times = code.split(find).length - 1
  if (times !== 1) throw new Error(`${module} has ${times} times: ${find}`)
  return code.replace(find, () => replace)
}
