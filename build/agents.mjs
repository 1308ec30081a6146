// Bundles the workers as CommonJS files: they start in half the time of the unbundled ones.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const workers = (await readdir(join(root, 'agents'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'base')
  .map((entry) => entry.name)

// What is imported only when it is needed, such as the SDK of a provider, lies beside and is read only then.
await write(Object.fromEntries(workers.map((name) => [name, join('agents', name, 'index.ts')])), 'agents')
// What `bench` compares them with is made in the same way.
await write({ 'bare-agent': 'src/main/bench/processes/bare-agent.ts' }, 'bench')

async function write(input, folder) {
  const bundle = await rolldown({ input, cwd: root, platform: 'node', logLevel: 'warn' })
  await bundle.write({
    dir: join(root, 'out', folder),
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'parts/[name].cjs',
    sourcemap: true,
  })
  await bundle.close()
}
