import { execFile } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface ToolResult {
  readonly exitCode: number
  readonly output: string
}

/** Runs one of the project's own tools to its end, whatever that is. */
export function runTool(name: 'tsc' | 'biome' | 'depcruise', args: readonly string[], folder = root) {
  const tool = join(root, 'node_modules/.bin', name)
  return new Promise<ToolResult>((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(tool, args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr })
    })
  })
}
