// Everything that CI passes, in one command: type check, lint, layers, build, and every test. Closes with one line
// that counts them all.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()

const root = fileURLToPath(new URL('..', import.meta.url))
const report = join(root, 'node_modules', '.cache', 'vitest-report.json')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const stages = [
  ['typecheck', npm, ['run', '--silent', 'typecheck']],
  ['lint', npm, ['run', '--silent', 'lint']],
  ['layers', npm, ['run', '--silent', 'layers']],
  ['build', npm, ['run', '--silent', 'build']],
]
const count = { passed: 0, failed: 0, skipped: 0 }

for (const [name, command, args] of stages) {
  console.log(`> ${name}`)
  const passed = run(command, args)
  count[passed ? 'passed' : 'failed'] += 1
  if (!passed) close()
}

console.log('> tests')
mkdirSync(dirname(report), { recursive: true })
rmSync(report, { force: true })
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const passed = run(process.execPath, [
  vitest,
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
])
countTests(passed)
close()

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0
}

/** A file that fails to load has no failed test in it; it counts as one. */
function countTests(allPassed) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    count.passed += result.numPassedTests
    count.skipped += result.numPendingTests + result.numTodoTests
    const broken = result.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    count.failed += result.numFailedTests + broken.length
  } catch (error) {
    console.error(`The test report could not be read: ${error.message}`)
    count.failed += 1
  }
  if (!allPassed && count.failed === 0) count.failed = 1
}

function close() {
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  process.exit(count.failed === 0 ? 0 : 1)
}
