#!/usr/bin/env node
// `aitp-console adapter` as an executable without arguments, which is what conformance runners start. They start it
// with whatever Node is first on the path; when that is too old, the project's own takes over.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeProblem, requireNode } from './node-version.mjs'

const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))

if (nodeProblem(process.versions.node, true) !== null && existsSync(bundled)) {
  const child = spawn(bundled, [fileURLToPath(import.meta.url)], { stdio: 'inherit' })
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  requireNode()
  const { ensureBuilt } = await import('./ensure-built.mjs')
  const { runCli } = await import('./run-cli.mjs')
  await ensureBuilt()
  await runCli(['adapter'])
}
