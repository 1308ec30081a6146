// Runs on any Node that understands `import`: it is what says that another one is needed.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The first release with `node:sqlite` and without a flag for it. */
const wanted = [22, 13]

/** What to do about this Node, in one sentence; `null` when it will do. */
export function nodeProblem(version, hasNodePackage) {
  const [major, minor] = version.split('.').map(Number)
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return null
  const remedy = hasNodePackage
    ? 'start it with npm (`npm start`, `npm run demo`, `npm run console -- …`), which uses the Node 24 of this project'
    : 'run `npm install` with install scripts allowed, which brings Node 24, or install Node 24 yourself'
  return `This is Node ${version} and the console needs ${wanted.join('.')} or newer: ${remedy}.`
}

/** Ends the program, with that sentence, under a Node that is too old. */
export function requireNode() {
  const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
  const problem = nodeProblem(process.versions.node, existsSync(bundled) || existsSync(`${bundled}.exe`))
  if (problem === null) return
  process.stderr.write(`${problem}\n`)
  process.exit(2)
}
