// `npm run console -- …`: the program `aitp-console` from the sources. What is built is said on stderr.
import { ensureBuilt } from './ensure-built.mjs'
import { requireNode } from './node-version.mjs'
import { runCli } from './run-cli.mjs'

requireNode()
await ensureBuilt()
await runCli(process.argv.slice(2))
