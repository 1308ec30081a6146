// `npm run demo`: one run from start to end, narrated.
import { ensureBuilt } from './ensure-built.mjs'
import { requireNode } from './node-version.mjs'
import { runCli } from './run-cli.mjs'

requireNode()
await ensureBuilt()
process.stderr.write('Two agents start as processes of their own, shake hands, and one calls the other.\n\n')
await runCli(['run', 'intra-org/research-and-write@1.0.0', ...process.argv.slice(2)])
if (!process.exitCode) {
  process.stderr.write('\nThe same run, message by message and check by check: `npm start`.\n')
}
