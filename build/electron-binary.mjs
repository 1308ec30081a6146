// Electron's package has no binary in it; it fetches one when asked.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './ensure-built.mjs'

const folder = join(root, 'node_modules/electron')
const fetchTimeoutMs = 120_000

/** The path of the binary, or `null` when it is not there. */
export function electronBinary() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const binary = join(override || join(folder, 'dist'), name)
  return existsSync(binary) ? binary : null
}

/** Fetches it, within a limit: a network that swallows packets would hang for ever. Says why when that failed. */
export function fetchElectron() {
  const installer = join(folder, 'install.js')
  if (!existsSync(installer)) return 'the package electron is not installed'
  const { status, error, stderr } = spawnSync(process.execPath, [installer], {
    stdio: ['ignore', 2, 'pipe'],
    timeout: fetchTimeoutMs,
    encoding: 'utf8',
  })
  if (status === 0) return null
  if (error?.code === 'ETIMEDOUT') return `it had not arrived after ${fetchTimeoutMs / 1000} s`
  return stderr.trim().split('\n')[0] || `the download ended with ${status}`
}
