import { readFileSync, realpathSync, statSync } from 'node:fs'
import { posix, resolve, sep } from 'node:path'
import type { RuleId } from './rules.ts'

/** Larger files are refused, so that one cannot stall the host. */
export const maxFileBytes = 1024 * 1024

export type ConfinedFile = { text: string } | { refused: RuleId; message: string; missing: boolean }

/** `path` relative to the root in one spelling, or `null` when it leaves the root. Does not look at the disk. */
export function confine(path: string): string | null {
  const normal = posix.normalize(path.replaceAll('\\', '/'))
  const leaves =
    normal === '..' || normal.startsWith('../') || posix.isAbsolute(normal) || /^[A-Za-z]:/.test(normal)
  return leaves || normal.includes('\0') ? null : normal
}

/** Reads a file below the root; a link that leads out of the root is refused like a path that does. */
export function readConfined(root: string, path: string): ConfinedFile {
  const inside = confine(path)
  if (inside === null) return outside(path)
  let real: string
  try {
    real = realpathSync(resolve(root, inside))
  } catch {
    return { refused: 'include', message: `There is no file ${inside}.`, missing: true }
  }
  if (!real.startsWith(realpathSync(root) + sep)) return outside(path)
  const { size, isFile } = statOf(real)
  if (!isFile) return { refused: 'include', message: `${inside} is not a file.`, missing: true }
  if (size > maxFileBytes) {
    const message = `${inside} has ${size} bytes; ${maxFileBytes} are the limit.`
    return { refused: 'file-limit', message, missing: false }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(real)) }
  } catch (thrown) {
    const message = thrown instanceof TypeError ? 'is not UTF-8 text' : 'cannot be read'
    return { refused: 'yaml-syntax', message: `${inside} ${message}.`, missing: false }
  }
}

function statOf(path: string) {
  const stat = statSync(path)
  return { size: stat.size, isFile: stat.isFile() }
}

function outside(path: string): ConfinedFile {
  return { refused: 'outside-root', message: `${path} lies outside the scenarios root.`, missing: false }
}
